import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrateDatabase } from "#lib/platform/migrations/migrate.ts";
import { urlOfDatabase } from "./database-url.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The server of the database tests, and the migrated database that each test file gets a copy of. */
    testPostgres: { url: string; template: string };
  }
}

/** Nothing of a test's needs to survive a crash, no checkpoint or autovacuum comes at its own time, and nothing is replicated. */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  checkpoint_timeout: "1h",
  max_wal_size: "4GB",
};

/** Vitest's global setup of the database tests: one Postgres for the run, kept in .test for the next one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kept = join(".test", "postgres");
  const own = join(".test", `postgres-${process.pid}`);
  // Another run in this folder has the kept one; then this one makes its own.
  const postgres = await startEmbeddedPostgres({ dataDir: kept, settings, lockWaitMs: 0 }).catch((err) => {
    if (!(err instanceof Error) || err.name !== "StartError") throw err;
    return startEmbeddedPostgres({ dataDir: own, settings });
  });
  const template = await prepareTemplate(postgres.url);
  project.provide("testPostgres", { url: postgres.url, template });
  return async () => {
    await postgres.stop();
    rmSync(own, { recursive: true, force: true });
  };
}

async function prepareTemplate(url: string): Promise<string> {
  const name = `template_${hashMigrations()}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("select datname as name from pg_database where datname ~ '^(test|template)_'");
    for (const row of rows) if (row.name !== name) await client.query(`drop database "${row.name}" with (force)`);
    if (rows.some((row) => row.name === name)) return name;
    const unfinished = "test_unfinished";
    await client.query(`create database ${unfinished}`);
    await migrateDatabase(urlOfDatabase(url, unfinished));
    await client.query(`alter database ${unfinished} rename to ${name}`);
    return name;
  } finally {
    await client.end();
  }
}

function hashMigrations(): string {
  const folder = join("drizzle", "migrations");
  // What is done beside the migrations counts as well.
  const hash = createHash("sha256").update(readFileSync(join("lib", "platform", "migrations", "migrate.ts")));
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()) {
    hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
