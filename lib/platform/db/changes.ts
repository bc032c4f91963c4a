import { sql } from "drizzle-orm";
import { changeCounter } from "#drizzle/schema/change-counter.ts";
import type { Task } from "#lib/platform/background/task.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { beforeCommit, getDb, onCommit, type Transaction } from "./client.ts";

/** When the counter couldn't be read for this long, nothing cached may be trusted any more. */
const trustMs = 1500;

type Watch = { value: number | null; seenAt: number; listeners: Set<() => void> };
const watch = singleton<Watch>("changes", () => ({
  value: null,
  seenAt: Number.NEGATIVE_INFINITY,
  listeners: new Set(),
}));

/**
 * Says, in the transaction of the change, that configuration changed: nodes, credentials, transports, triggers, users,
 * roles, keys. This process empties its caches with the commit, so that who made the change finds it made; every other
 * one within 2 s.
 */
export async function bumpChanges(tx: Transaction): Promise<void> {
  beforeCommit(tx, "changes", async () => {
    const [row] = await tx
      .update(changeCounter)
      .set({ value: sql`${changeCounter.value} + 1` })
      .returning({ value: changeCounter.value });
    onCommit(tx, () => {
      // Only if nothing of another process came in between; otherwise the next look at the counter tells once more.
      if (row && watch.value === row.value - 1) watch.value = row.value;
      tellListeners();
    });
  });
}

function tellListeners(): void {
  for (const listener of watch.listeners) listener();
}

/** Calls `listener` after each change of configuration by any process. */
export function onChanges(listener: () => void): void {
  watch.listeners.add(listener);
}

/**
 * Whether what was cached may still be used: the counter was read within the last 1.5 s.
 * @param now by performance.now(), which a jump of the clock doesn't touch.
 */
export function cachesAreCurrent(now = performance.now()): boolean {
  return now - watch.seenAt < trustMs;
}

/** Reads the counter once and tells the listeners when it moved. */
export async function pollChanges(): Promise<void> {
  const askedAt = performance.now();
  const [row] = await getDb().select({ value: changeCounter.value }).from(changeCounter);
  const value = row?.value ?? 0;
  const moved = watch.value !== value;
  watch.value = value;
  watch.seenAt = askedAt;
  if (moved) tellListeners();
}

/** Follows the changes that other processes make. */
export const watchChanges: Task = {
  name: "watch changes of configuration",
  // With the query itself well under the promised 2 s.
  everyMs: 500,
  failure: "the change counter could not be read",
  run: pollChanges,
};
