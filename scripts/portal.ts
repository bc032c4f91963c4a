import { setTimeout as delay } from "node:timers/promises";
import { readKeys } from "#lib/platform/crypto/key-ring.ts";
import { type Env, parseEnv } from "#lib/platform/env/env.ts";
import { migrateDatabase } from "#lib/platform/migrations/migrate.ts";
import { parseEgress } from "#lib/platform/net/egress.ts";
import { readExtraCas } from "#lib/platform/net/trust.ts";
import { buildPages } from "./build-pages.ts";
import { type Child, startChild } from "./child.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { hasKeys, keepEncryptionKeys, keepSessionSecret } from "./kept-secrets.ts";
import { printLine } from "./log-lines.ts";
import { requirePort } from "./port-check.ts";
import type { Shutdown } from "./shutdown.ts";
import { StartError } from "./start-error.ts";

/** After SALLYPORT_STOP_SECONDS, for a process that can't even end itself. */
const moreMs = 3_000;
const readyMs = 120_000;

export type FirstAdmin = { username: string; password: string };

export type Portal = {
  url: string;
  env: Env;
  databaseUrl: string;
  /** The admin that this start made, with the password that was made up for it. */
  firstAdmin: FirstAdmin | null;
  /** Lets web and worker finish what they do, then stops the database. */
  stop: () => Promise<void>;
};

type Options = {
  environment: Record<string, string | undefined>;
  shutdown: Shutdown;
  report: (line: string) => void;
  /** Pages are compiled as they are asked for, instead of built before. */
  development?: boolean;
  /** Something that must run before web and worker do, once the data directory is ours; gives what to add to their environment. */
  companion?: () => Promise<{ environment: Record<string, string>; stop: () => Promise<void> }>;
};

/**
 * Starts what the environment asks for: database, pages, migrations, web and worker; resolves when /readyz says so.
 * @throws StartError or AppError, with everything stopped again.
 */
export async function startPortal(options: Options): Promise<Portal> {
  const { environment, shutdown, report, companion, development = false } = options;
  const env = parseEnv(environment);
  parseEgress(env.SALLYPORT_EGRESS);
  readExtraCas(env.SALLYPORT_EXTRA_CA);
  if (hasKeys(env)) readKeys(env);
  const stops: (() => Promise<void>)[] = [];
  const failed = new AbortController();
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const databaseUrl = env.DATABASE_URL ?? (await startDatabase(env, stops, report));
    const hasWeb = env.SALLYPORT_ROLE !== "worker";
    if (hasWeb) await requirePort(env.PORT, { purpose: "the portal", variable: "PORT" });
    shutdown.stopping.throwIfAborted();
    const [added] = await Promise.all([
      companion?.().then((running) => {
        stops.push(running.stop);
        return running.environment;
      }),
      hasWeb && !development && buildPages(report, AbortSignal.any([shutdown.stopping, failed.signal])),
      migrateDatabase(databaseUrl),
    ]);
    shutdown.stopping.throwIfAborted();
    const processEnv = {
      ...childEnvironment(options, env, databaseUrl),
      ...added,
      ...(development && { NODE_ENV: "development" as const }),
    };
    let firstAdmin: FirstAdmin | null = null;
    const children: Child[] = [];
    const launch = (name: string, file: string) => {
      const onMessage = (message: unknown) => {
        firstAdmin = readFirstAdmin(message) ?? firstAdmin;
      };
      children.push(startChild({ name, file, env: processEnv, onMessage, onLine: printLine }));
    };
    stops.push(() => stopChildren(children, shutdown, env.SALLYPORT_STOP_SECONDS * 1000 + moreMs));
    if (hasWeb) launch("web", "server.ts");
    if (env.SALLYPORT_ROLE !== "web") launch("worker", "lib/worker.ts");
    if (hasWeb) await waitUntilReady(env.PORT, children, shutdown);
    for (const child of children) child.keepAlive();
    return { url: env.url, env, databaseUrl, firstAdmin, stop };
  } catch (err) {
    failed.abort();
    await stop();
    throw err;
  }
}

async function startDatabase(env: Env, stops: (() => Promise<void>)[], report: Options["report"]): Promise<string> {
  if (env.SALLYPORT_ROLE !== "all") {
    throw new StartError(
      `SALLYPORT_ROLE=${env.SALLYPORT_ROLE} needs DATABASE_URL: the embedded database serves one process that runs all.`,
    );
  }
  const postgres = await startEmbeddedPostgres({ dataDir: env.SALLYPORT_DATA_DIR, report });
  stops.push(postgres.stop);
  return postgres.url;
}

/** What web and worker are given: everything that was set, and what had to be made. */
function childEnvironment({ environment, report }: Options, env: Env, databaseUrl: string): NodeJS.ProcessEnv {
  const made = (file: string) =>
    report(
      `Made the key that encrypts stored secrets: ${file}. Back it up; every host of this portal needs the same one.`,
    );
  return {
    ...environment,
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    PORT: String(env.PORT),
    DATABASE_URL: databaseUrl,
    // By its file, which the running processes look at again: npm run keys changes it under them.
    ...(!hasKeys(env) && {
      SALLYPORT_ENCRYPTION_KEYS_FILE: keepEncryptionKeys(env.SALLYPORT_DATA_DIR, made),
    }),
    NEXTAUTH_SECRET: environment.NEXTAUTH_SECRET || keepSessionSecret(env.SALLYPORT_DATA_DIR),
  };
}

function readFirstAdmin(message: unknown): FirstAdmin | null {
  if (typeof message !== "object" || message === null) return null;
  const { kind, username, password } = message as Record<string, unknown>;
  if (kind !== "first-admin" || typeof username !== "string" || typeof password !== "string") return null;
  return { username, password };
}

async function stopChildren(children: Child[], shutdown: Shutdown, drainMs: number): Promise<void> {
  const force = () => {
    for (const child of children) void child.stop(0);
  };
  shutdown.forced.addEventListener("abort", force, { once: true });
  await Promise.all(children.map((child) => child.stop(shutdown.forced.aborted ? 0 : drainMs)));
  shutdown.forced.removeEventListener("abort", force);
}

async function waitUntilReady(port: number, children: Child[], shutdown: Shutdown): Promise<void> {
  const ended = Promise.race(children.map((child) => child.exited.then((how) => `${child.name} ended (${how})`)));
  const deadline = Date.now() + readyMs;
  let state = "no answer yet";
  while (Date.now() < deadline) {
    shutdown.stopping.throwIfAborted();
    const asked = fetch(`http://localhost:${port}/readyz`, { signal: AbortSignal.timeout(5000) }).then(
      async (response) => (response.ok ? true : `${response.status} ${await response.text()}`),
      () => "no answer yet",
    );
    const answer = await Promise.race([
      asked,
      ended.then((how) => new StartError(`The portal did not start: ${how}. See the lines above.`)),
    ]);
    if (answer instanceof StartError) throw answer;
    if (answer === true) return;
    state = answer;
    await delay(100);
  }
  throw new StartError(`The portal was not ready after ${readyMs / 1000} s: /readyz says ${state}`);
}
