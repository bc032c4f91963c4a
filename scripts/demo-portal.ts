import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { seedDemo } from "./demo-data.ts";
import { addDemoHistory } from "./demo-history.ts";
import { keepSecret } from "./kept-secrets.ts";
import { type Portal, startPortal } from "./portal.ts";
import { type SandboxPlaces, startSandboxProcess } from "./sandbox-process.ts";
import type { Shutdown } from "./shutdown.ts";
import { describeFailure } from "./start-error.ts";

type Options = {
  /** Where its data are kept, unless SALLYPORT_DATA_DIR says otherwise. */
  dataDir: string;
  environment: Record<string, string | undefined>;
  development?: boolean;
  shutdown: Shutdown;
  report: (line: string) => void;
};

export type DemoPortal = Portal & { signIn: { username: string; password: string } };

const admin = { username: "admin", password: "sallyport-demo" };

/**
 * Starts a portal with a database, an identity provider, services and sample data of its own, all on this machine.
 * @throws StartError, with everything stopped again.
 */
export async function startDemoPortal({
  environment,
  development,
  shutdown,
  report,
  ...rest
}: Options): Promise<DemoPortal> {
  const dataDir = environment.SALLYPORT_DATA_DIR || rest.dataDir;
  if (environment.DATABASE_URL) report("The demo has a database of its own; DATABASE_URL is not used.");
  // Root's folder lets Postgres' user through; every file in it is closed by its own mode.
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const makeKey = () => `demo_${randomBytes(24).toString("hex")}`;
  const apiKey = environment.SALLYPORT_API_KEY || keepSecret(dataDir, "api.key", makeKey);
  let places: SandboxPlaces | undefined;
  const portal = await startPortal({
    environment: {
      SALLYPORT_ADMIN_USERNAME: admin.username,
      SALLYPORT_ADMIN_PASSWORD: admin.password,
      SALLYPORT_LOG_LEVEL: "warn",
      // The sandbox is on this machine, where a portal may usually send nothing.
      SALLYPORT_EGRESS: "allow:loopback",
      ...environment,
      DATABASE_URL: undefined,
      SALLYPORT_DATA_DIR: dataDir,
      SALLYPORT_API_KEY: apiKey,
      SALLYPORT_ROLE: "all",
    },
    development,
    shutdown,
    report,
    companion: async () => {
      const sandbox = await startSandboxProcess({ dir: join(dataDir, "sandbox"), environment });
      places = sandbox.places;
      return { environment: { SALLYPORT_EXTRA_CA: places.caFile }, stop: sandbox.stop };
    },
  });
  const seed = { url: `http://localhost:${portal.env.PORT}`, apiKey, report };
  // Without its sample data the demo is still a portal.
  if (places) await seedDemo({ ...seed, places }).catch((err) => report(describeFailure(err)));
  await addDemoHistory(portal.databaseUrl).catch((err) => report(describeFailure(err)));
  const { SALLYPORT_ADMIN_USERNAME: username, SALLYPORT_ADMIN_PASSWORD: password = "" } = portal.env;
  return { ...portal, signIn: { username, password } };
}

/** What to print when it runs. */
export function describeDemo({ url, signIn }: DemoPortal): string[] {
  return [
    `Sallyport is ready on ${url}`,
    `Sign in as ${signIn.username} with the password ${signIn.password}`,
    "Or right-click Plant 7 in the tree, User External Credentials, Workbench sign-in: accept the sandbox's certificate; its people need no password",
  ];
}
