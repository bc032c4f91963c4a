import { join } from "node:path";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import type { Database, Transaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { chainExisting } from "./chain-existing.ts";

/** One lock for all instances that start at the same time: "SALLYPOR" as a number. */
const lockKey = "5999999999999999";

/** The migrations' folder; the portal starts in the project's own folder. */
function folder(): string {
  return join(process.cwd(), "drizzle/migrations");
}

/**
 * Brings the database to this version's tables. Several processes may start at once: one migrates, the others wait. All of it
 * is one transaction, and the lock is the transaction's own: nothing is half done after a failure, and pgbouncer in
 * transaction mode does not matter.
 * @throws AppError `database_unavailable`
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new AppError("database_unavailable", `The database of DATABASE_URL can't be reached: ${readReason(cause)}.`, {
      hint: "Check host, port, user and password.",
      cause,
    });
  }
  try {
    const db: Database = drizzle(client);
    await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${lockKey}::bigint)`);
      await applyMissing(tx);
      await chainExisting(tx);
      await tx.execute(sql`insert into change_counter default values on conflict do nothing`);
    });
  } finally {
    await client.end();
  }
}

/** In the words of Postgres or of the network, which name host or user, never the password. Several addresses fail each for itself. */
function readReason(cause: unknown): string {
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message : String(first);
}

/** As drizzle's own migrator does it and remembers it, which begins a transaction of its own and so would end the lock. */
async function applyMissing(tx: Transaction): Promise<void> {
  await tx.execute(sql`create schema if not exists drizzle`);
  await tx.execute(sql`create table if not exists drizzle.__drizzle_migrations
    (id serial primary key, hash text not null, created_at bigint)`);
  const { rows } = await tx.execute<{ at: string | null }>(
    sql`select max(created_at) as at from drizzle.__drizzle_migrations`,
  );
  const last = Number(rows[0]?.at ?? 0);
  for (const { folderMillis, hash, sql: statements } of readMigrationFiles({ migrationsFolder: folder() })) {
    if (folderMillis <= last) continue;
    for (const statement of statements) await tx.execute(sql.raw(statement));
    await tx.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`,
    );
  }
}

/** Whether every migration of this version is in the database, for /readyz. */
export async function isMigrated(pool: pg.Pool): Promise<boolean> {
  const last = readMigrationFiles({ migrationsFolder: folder() }).at(-1);
  const result = await pool.query("select max(created_at)::bigint as at from drizzle.__drizzle_migrations");
  return Number(result.rows[0]?.at ?? 0) >= (last?.folderMillis ?? 0);
}
