import { sql } from "drizzle-orm";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { beforeAll, describe, expect, test } from "vitest";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { getDb } from "./client.ts";
import { keyset, toPage } from "./keyset.ts";

setUpTestDatabase();

const things = pgTable("things", { id: integer("id").primaryKey(), word: text("word") });

beforeAll(async () => {
  await getDb().execute(sql`create table things (id int primary key, word text)`);
  // Equal words and missing ones, so that a page ends within each kind.
  const words = ["b", null, "a", "b", "c", null, "b", "a", null, "d"];
  await getDb()
    .insert(things)
    .values(words.map((word, id) => ({ id, word })));
});

async function readPage(direction: "asc" | "desc", limit: number, cursor?: string) {
  const { where, orderBy } = keyset(things.word, things.id, direction, cursor);
  const rows = await getDb()
    .select()
    .from(things)
    .where(where)
    .orderBy(...orderBy)
    .limit(limit + 1);
  return toPage(rows, limit, (row) => ({ value: row.word, id: String(row.id) }));
}

describe.each(["asc", "desc"] as const)("in %s order", (direction) => {
  test.each([1, 2, 3, 7, 10])("pages of %i rows give every row once, in the order of one big page", async (limit) => {
    const whole = await readPage(direction, 100);
    const ids: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await readPage(direction, limit, cursor);
      ids.push(...page.items.map((row) => row.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(ids).toEqual(whole.items.map((row) => row.id));
    expect(ids).toHaveLength(10);
  });
});

test("rows without a value stand last upwards and first downwards", async () => {
  expect((await readPage("asc", 100)).items.map((row) => row.word)).toEqual([
    "a",
    "a",
    "b",
    "b",
    "b",
    "c",
    "d",
    null,
    null,
    null,
  ]);
  expect((await readPage("desc", 100)).items.slice(0, 4).map((row) => row.word)).toEqual([null, null, null, "d"]);
});

test.each(["", "nonsense", Buffer.from('{"a":1}').toString("base64url"), Buffer.from("[1,2]").toString("base64url")])(
  "the cursor %j of another making is refused",
  (cursor) => {
    expect(() => keyset(things.word, things.id, "asc", cursor)).toThrow(/not a cursor of this list/);
  },
);
