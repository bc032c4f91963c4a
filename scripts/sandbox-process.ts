import { startChild } from "./child.ts";
import { printLine } from "./log-lines.ts";
import { requirePort } from "./port-check.ts";
import { StartError } from "./start-error.ts";

/** Where the sandbox's provider and services are; what sandbox/main.ts tells when it is ready. */
export type SandboxPlaces = {
  tokenEndpoint: string;
  authority: string;
  issuer: string;
  tenantId: string;
  genericIssuer: string;
  genericTokenEndpoint: string;
  serviceUrl: string;
  serviceTlsUrl: string;
  controlUrl: string;
  caFile: string;
};

export type SandboxProcess = { places: SandboxPlaces; stop: () => Promise<void> };

const ports = [
  ["SANDBOX_IDP_PORT", 4443, "the sandbox's identity provider"],
  ["SANDBOX_SERVICE_PORT", 4080, "the sandbox's service"],
  ["SANDBOX_SERVICE_TLS_PORT", 4081, "the sandbox's service over https"],
] as const;

type Options = { dir: string; environment: Record<string, string | undefined> };

/**
 * Runs the sandbox (identity provider and sample services) as a process of its own.
 * @throws StartError when it does not get ready.
 */
export async function startSandboxProcess({ dir, environment }: Options): Promise<SandboxProcess> {
  for (const [variable, fallback, purpose] of ports) {
    const port = Number(environment[variable] || fallback);
    if (port > 0) await requirePort(port, { purpose, variable });
  }
  const ready = Promise.withResolvers<SandboxPlaces>();
  const child = startChild({
    name: "sandbox",
    file: "sandbox/main.ts",
    args: ["--dir", dir],
    env: { ...environment, NODE_ENV: "production" },
    onMessage: (message) => {
      if (isReady(message)) ready.resolve(message);
    },
    // Its ready line is for people who run it alone.
    onLine: (name, line) => line.startsWith('{"ready":true') || printLine(name, line),
  });
  const failed = child.exited.then((how) => new StartError(`The sandbox did not start: it ended (${how}).`));
  const places = await Promise.race([ready.promise, failed]);
  if (places instanceof StartError) throw places;
  child.keepAlive();
  return { places, stop: () => child.stop(2000) };
}

function isReady(message: unknown): message is SandboxPlaces {
  return typeof message === "object" && message !== null && "ready" in message && "caFile" in message;
}
