import { sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { batchQueries } from "./batch-queries.ts";
import { getDb, inTransaction } from "./client.ts";

setUpTestDatabase();

/** Doubles numbers in the database, and notes which ones shared a statement. */
function makeDoubling(most?: number) {
  const statements: number[][] = [];
  const double = batchQueries<number, number>({
    keyOf: String,
    ...(most !== undefined && { most }),
    work: async (numbers) => {
      statements.push(numbers);
      const { rows } = await getDb().execute<{ n: number }>(
        sql`select 60 / n * n * n / 30 as n from unnest(${sql.param(numbers)}::int[]) with ordinality as given(n, place) order by place`,
      );
      return rows.map(({ n }) => n);
    },
  });
  return { double, statements };
}

test("what is asked at once shares a statement, and each gets its own answer", async () => {
  const { double, statements } = makeDoubling();
  expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
  expect(statements).toEqual([[1, 2, 3]]);
  expect(await double(5)).toBe(10);
  expect(statements).toHaveLength(2);
});

test("what comes while a statement is under way goes into the next one", async () => {
  const { double, statements } = makeDoubling();
  const first = double(1);
  await new Promise(setImmediate);
  const others = [2, 3].map(double);
  expect(statements).toEqual([[1]]);
  expect(await Promise.all([first, ...others])).toEqual([2, 4, 6]);
  expect(statements).toEqual([[1], [2, 3]]);
});

test("two of the same key never share a statement, nor do more than the most", async () => {
  const { double, statements } = makeDoubling(2);
  expect(await Promise.all([1, 1, 2, 3].map(double))).toEqual([2, 2, 4, 6]);
  expect(statements).toEqual([
    [1, 2],
    [1, 3],
  ]);
});

test("one that fails does not fail the others", async () => {
  const { double, statements } = makeDoubling();
  const answers = await Promise.allSettled([1, 0, 3].map(double));
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(answers[2]).toMatchObject({ value: 6 });
  expect(statements).toEqual([[1, 0, 3], [1], [0], [3]]);
});

test("a statement that waits for a lock does not hold up those that come later", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const ask = batchQueries<string, string>({
    keyOf: (name) => name,
    work: async (names) => {
      if (names.includes("slow")) await held;
      return names;
    },
  });
  const slow = ask("slow");
  await new Promise(setImmediate);
  expect(await ask("quick")).toBe("quick");
  release();
  expect(await slow).toBe("slow");
});

test("inside a transaction, which has a connection of its own, it refuses", async () => {
  const { double, statements } = makeDoubling();
  await expect(inTransaction(async () => double(1))).rejects.toThrow("inside a transaction");
  expect(statements).toEqual([]);
  expect(await double(1)).toBe(2);
});

test("a statement holds queries up to a size, but at least one", async () => {
  const statements: string[][] = [];
  const ask = batchQueries<string, string>({
    keyOf: (text) => text,
    sizeOf: (text) => text.length,
    mostSize: 3,
    work: async (texts) => {
      statements.push(texts);
      return texts;
    },
  });
  expect(await Promise.all(["aaaaa", "b", "cc", "d"].map(ask))).toEqual(["aaaaa", "b", "cc", "d"]);
  expect(statements).toEqual([["aaaaa"], ["b", "cc"], ["d"]]);
});

test("without patience, a statement waits for the previous one, however long that takes", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const first = Promise.withResolvers<string[]>();
  const work = vi.fn(async (texts: string[]) => texts).mockReturnValueOnce(first.promise);
  const ask = batchQueries<string, string>({ keyOf: (text) => text, patienceMs: null, work });
  const slow = ask("slow");
  await new Promise(setImmediate);
  const next = ask("next");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(work).toHaveBeenCalledTimes(1);
  first.resolve(["slow"]);
  expect(await Promise.all([slow, next])).toEqual(["slow", "next"]);
  vi.useRealTimers();
});

test("an error that concerns all queries isn't tried with each of them", async () => {
  const work = vi.fn().mockRejectedValue(new Error("no table"));
  const ask = batchQueries<string, string>({ keyOf: (text) => text, isCommon: () => true, work });
  const answers = await Promise.allSettled(["a", "b"].map(ask));
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(work).toHaveBeenCalledTimes(1);
});
