import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { getDb } from "#lib/platform/db/client.ts";
import { createTestDatabase, setUpTestDatabase } from "./test-database.ts";

setUpTestDatabase();

test("a test file gets a migrated database through lib's own pool", async () => {
  const { rows } = await getDb().execute(sql`select value from change_counter`);
  expect(rows).toHaveLength(1);
});

test("two test databases share nothing", async () => {
  const one = await createTestDatabase();
  const two = await createTestDatabase();
  expect(one.url).not.toBe(two.url);
  await one.drop();
  await two.drop();
});
