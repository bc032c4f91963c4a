import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { closeDb } from "#lib/platform/db/client.ts";
import { parseEnv } from "#lib/platform/env/env.ts";
import { migrateDatabase } from "#lib/platform/migrations/migrate.ts";
import { findRunningPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { hasKeys } from "./kept-secrets.ts";
import { describeFailure, StartError } from "./start-error.ts";

/**
 * Runs a command on the portal's data, whether the portal runs or not, and ends the process: with what the command gives, or 2
 * when it could not be done. The settings are those of `npm start`.
 */
export async function runOnPortal(command: () => Promise<number>): Promise<never> {
  let stop = async () => {};
  let code: number;
  try {
    if (existsSync(".env")) process.loadEnvFile(".env");
    const env = parseEnv(process.env);
    if (!env.DATABASE_URL) {
      const found = await openEmbedded(env.SALLYPORT_DATA_DIR);
      process.env.DATABASE_URL = found.url;
      stop = found.stop;
    }
    if (!hasKeys(env)) process.env.SALLYPORT_ENCRYPTION_KEYS_FILE = resolve(env.SALLYPORT_DATA_DIR, "encryption.keys");
    process.env.SALLYPORT_LOG_LEVEL = "error";
    code = await command();
  } catch (err) {
    console.error(describeFailure(err));
    code = 2;
  }
  await closeDb().catch(() => undefined);
  await stop();
  process.exit(code);
}

async function openEmbedded(dataDir: string): Promise<{ url: string; stop: () => Promise<void> }> {
  if (!existsSync(join(dataDir, "postgres.password"))) {
    throw new StartError(
      `There is no portal in ${dataDir}. Set SALLYPORT_DATA_DIR (the demo has .data/demo) or DATABASE_URL.`,
    );
  }
  const running = await findRunningPostgres(dataDir);
  if (running) return { url: running, stop: async () => {} };
  const postgres = await startEmbeddedPostgres({ dataDir });
  await migrateDatabase(postgres.url);
  return postgres;
}
