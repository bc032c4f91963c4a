import { readFileSync } from "node:fs";
import { getMetrics } from "./registry.ts";

/** Tells in `sallyport_build_info` what this process is; called once at its start. */
export function describeProcess(name: "web" | "worker"): void {
  const file = new URL("../../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  getMetrics().build.set({ version, node: process.versions.node, process: name }, 1);
}
