import { join } from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { chainExisting } from "../audit/chain-existing.ts";
import { AppError } from "../errors.ts";
import type { Database } from "./client.ts";

/** One lock for all instances that start at the same time: "SALLYPOR" as a number. */
const lockKey = "5999999999999999";

/** The migrations' folder; the portal starts in the project's own folder. */
function folder(): string {
  return join(process.cwd(), "drizzle/migrations");
}

/**
 * Brings the database to this version's tables. Several processes may start at once: one migrates, the others wait.
 * @param url of Postgres itself: the lock belongs to a session, so not of pgbouncer in transaction mode.
 * @throws AppError `database_unavailable`
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new AppError("database_unavailable", "The database of DATABASE_URL can't be reached.", {
      hint: "Check host, port, user and password.",
      cause,
    });
  }
  try {
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    const db = drizzle(client) as unknown as Database;
    await migrate(db, { migrationsFolder: folder() });
    await chainExisting(db);
    await client.query("insert into change_counter default values on conflict do nothing");
  } finally {
    await client.end();
  }
}

/** Whether every migration of this version is in the database, for /readyz. */
export async function isMigrated(pool: pg.Pool): Promise<boolean> {
  const last = readMigrationFiles({ migrationsFolder: folder() }).at(-1);
  const result = await pool.query("select max(created_at)::bigint as at from drizzle.__drizzle_migrations");
  return Number(result.rows[0]?.at ?? 0) >= (last?.folderMillis ?? 0);
}
