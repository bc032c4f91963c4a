import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { clearEntries } from "#lib/delivery/runs/in-flight-journal.ts";
import { closeDb } from "#lib/platform/db/client.ts";
import { urlOfDatabase } from "./database-url.ts";

export type TestDatabase = { url: string; drop: () => Promise<void> };

/** A fresh, migrated database of its own on the run's Postgres. About 20 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, template } = inject("testPostgres");
  const name = `test_${process.pid}_${randomBytes(4).toString("hex")}`;
  await runAsAdmin(url, `create database ${name} template ${template} strategy file_copy`);
  return { url: urlOfDatabase(url, name), drop: () => runAsAdmin(url, `drop database ${name} with (force)`) };
}

async function runAsAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * Gives a test file its own database through lib's pool (`getDb()`), and the keys that a portal needs. Call it once, at the top of
 * an `x.db.test.ts`, before anything reads the environment.
 * @param environment over what it sets; blank counts as unset.
 */
export function setUpTestDatabase(environment: Record<string, string> = {}): void {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
    process.env.DATABASE_URL = database.url;
    process.env.SALLYPORT_ENCRYPTION_KEYS = `test:${randomBytes(32).toString("base64")}`;
    process.env.NEXTAUTH_SECRET = randomBytes(32).toString("hex");
    process.env.SALLYPORT_LOG_LEVEL ??= "silent";
    // A worker on a slow machine may need longer than platforms wait.
    process.env.SALLYPORT_STOP_SECONDS ??= "600";
    Object.assign(process.env, environment);
  });
  afterAll(async () => {
    await clearEntries();
    await closeDb();
    await database?.drop();
  });
}
