import { portalVersion } from "#lib/platform/env/version.ts";
import { getMetrics } from "./registry.ts";

/** Records in `sallyport_build_info` what this process is. Call it once at its start. */
export function describeProcess(name: "web" | "worker"): void {
  getMetrics().build.set({ version: portalVersion, node: process.versions.node, process: name }, 1);
}
