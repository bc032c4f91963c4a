import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { urlOfDatabase } from "#scripts/database-url.ts";
import { type Pgbouncer, startPgbouncer } from "#scripts/test-pgbouncer.ts";
import { isMigrated, migrateDatabase } from "./migrate.ts";

let pgbouncer: Pgbouncer;
const names = ["direct", "pooled", "broken"].map((name) => `test_${name}_${randomBytes(4).toString("hex")}`);
const [direct, pooled, broken] = names as [string, string, string];
beforeAll(async () => {
  pgbouncer = await startPgbouncer(inject("testPostgres").url);
  for (const name of names) await runOn("postgres", `create database ${name}`);
});
afterAll(async () => {
  await pgbouncer.close();
  for (const name of names) await runOn("postgres", `drop database ${name} with (force)`);
});

const urlOf = (name: string) => urlOfDatabase(inject("testPostgres").url, name);

async function runOn(name: string, statement: string) {
  const client = new pg.Client({ connectionString: urlOf(name) });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

test.each([
  ["directly", () => urlOf(direct)],
  ["behind pgbouncer in transaction mode", () => pgbouncer.behind(urlOf(pooled))],
])("six processes that start at once on an empty database migrate it once, %s", async (_, url) => {
  await Promise.all(Array.from({ length: 6 }, () => migrateDatabase(url())));
  const pool = new pg.Pool({ connectionString: url() });
  expect(await isMigrated(pool)).toBe(true);
  const { rows } = await pool.query(
    "select count(*)::int as all, count(distinct created_at)::int as different from drizzle.__drizzle_migrations",
  );
  expect(rows[0].all).toBe(rows[0].different);
  expect((await pool.query("select count(*)::int as rows from change_counter")).rows).toEqual([{ rows: 1 }]);
  await pool.end();
});

test("a migration that fails leaves nothing half done", async () => {
  // In the way of the third migration.
  await runOn(broken, "create table wsdls (id int)");
  await expect(migrateDatabase(urlOf(broken))).rejects.toThrow();
  expect(await runOn(broken, "select tablename from pg_tables where schemaname in ('public', 'drizzle')")).toEqual([
    { tablename: "wsdls" },
  ]);
  await runOn(broken, "drop table wsdls");
  await migrateDatabase(urlOf(broken));
});
