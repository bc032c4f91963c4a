import { sql } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { startTask } from "#lib/platform/background/task.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { bumpChanges, cachesAreCurrent, onChanges, pollChanges, watchChanges } from "./changes.ts";
import { getDb, getPool, inTransaction } from "./client.ts";

setUpTestDatabase();
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

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

test("a watching process reads another process's change within 1 s of its last look", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const looks = vi.spyOn(getPool(), "query");
  const watching = startTask(watchChanges);
  await vi.advanceTimersByTimeAsync(0);
  expect(looks).toHaveBeenCalledTimes(1);
  await looks.mock.results[0]!.value;
  // What follows the answer.
  await new Promise(setImmediate);
  await getDb().execute(sql`update change_counter set value = value + 1`);
  const heard = new Promise<void>((resolve) => onChanges(resolve));
  vi.advanceTimersByTime(1000);
  await heard;
  await watching.stop();
});

test("caches are current after a look at the counter and not 1.5 s later", async () => {
  const before = performance.now();
  await pollChanges();
  expect(cachesAreCurrent(before)).toBe(true);
  expect(cachesAreCurrent(performance.now() + 1500)).toBe(false);
});
