import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { getDb, getPool, inTransaction, onCommit } from "./client.ts";

setUpTestDatabase();

test("more transactions than connections wait for each other and all end", async () => {
  const many = getPool().options.max * 2;
  const all = Array.from({ length: many }, () => inTransaction((tx) => tx.execute(sql`select 1`)));
  expect(await Promise.all(all)).toHaveLength(many);
});

test("a transaction that asks for a second connection is told so at once", async () => {
  await expect(inTransaction(async () => getDb().execute(sql`select 1`))).rejects.toThrow(/inside a transaction/);
  await expect(getDb().execute(sql`select 1`)).resolves.toBeDefined();
});

test("what is to be done after a commit is done with the pool at hand, and not after a rollback", async () => {
  const done: string[] = [];
  await inTransaction(async (tx) => onCommit(tx, () => done.push(getDb() ? "committed" : "")));
  const failed = inTransaction(async (tx) => {
    onCommit(tx, () => done.push("rolled back"));
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(done).toEqual(["committed"]);
});
