import { sql } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { bumpChanges, cachesAreCurrent, onChanges, pollChanges, stopWatching, watchChanges } from "./changes.ts";
import { getDb, inTransaction } from "./client.ts";

setUpTestDatabase();
afterEach(stopWatching);

test("listeners hear of a change once, and of nothing when nothing changed", async () => {
  await pollChanges();
  const listener = vi.fn();
  onChanges(listener);
  await pollChanges();
  expect(listener).toHaveBeenCalledTimes(0);
  await inTransaction(bumpChanges);
  await pollChanges();
  await pollChanges();
  expect(listener).toHaveBeenCalledTimes(1);
});

test("the process that made a change hears of it with the commit, not before", async () => {
  await pollChanges();
  const listener = vi.fn();
  onChanges(listener);
  await inTransaction(async (tx) => {
    await bumpChanges(tx);
    expect(listener).toHaveBeenCalledTimes(0);
  });
  expect(listener).toHaveBeenCalledTimes(1);
});

test("a change of another process in between is heard of too", async () => {
  await pollChanges();
  const listener = vi.fn();
  onChanges(listener);
  await getDb().execute(sql`update change_counter set value = value + 1`);
  await inTransaction(bumpChanges);
  await pollChanges();
  expect(listener).toHaveBeenCalledTimes(2);
});

test("a change that was rolled back is none", async () => {
  await pollChanges();
  const listener = vi.fn();
  onChanges(listener);
  const failed = inTransaction(async (tx) => {
    await bumpChanges(tx);
    throw new Error("rolled back");
  });
  await expect(failed).rejects.toThrow("rolled back");
  await pollChanges();
  expect(listener).toHaveBeenCalledTimes(0);
});

test("a watching process hears of another process's change by itself within 2 s", async () => {
  await pollChanges();
  const heard = new Promise<number>((resolve) => onChanges(() => resolve(Date.now())));
  watchChanges();
  const changedAt = Date.now();
  await getDb().execute(sql`update change_counter set value = value + 1`);
  expect((await heard) - changedAt).toBeLessThan(2000);
});

test("caches are current after a look at the counter and not 1.5 s later", async () => {
  await pollChanges();
  expect(cachesAreCurrent(performance.now())).toBe(true);
  expect(cachesAreCurrent(performance.now() + 1500)).toBe(false);
});
