import { afterEach, expect, test, vi } from "vitest";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { bumpChanges, cachesAreCurrent, onChanges, pollChanges, stopWatching, watchChanges } from "./changes.ts";
import { inTransaction } from "./client.ts";

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

test("a watching process hears of a change by itself within 2 s", async () => {
  await pollChanges();
  const heard = new Promise<number>((resolve) => onChanges(() => resolve(Date.now())));
  watchChanges();
  const changedAt = Date.now();
  await inTransaction(bumpChanges);
  expect((await heard) - changedAt).toBeLessThan(2000);
});

test("caches are current after a look at the counter and not 1.5 s later", async () => {
  await pollChanges();
  expect(cachesAreCurrent(Date.now())).toBe(true);
  expect(cachesAreCurrent(Date.now() + 1500)).toBe(false);
});
