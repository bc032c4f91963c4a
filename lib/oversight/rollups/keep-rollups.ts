import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { getLog } from "#lib/platform/log/log.ts";
import {
  type CountedLog,
  countDay,
  countedLogs,
  countHour,
  dayMs,
  deleteCounts,
  findMarked,
  findNext,
  hourMs,
  readState,
  setDaysUntil,
  setFence,
  setUntil,
  takeRollup,
} from "./store.ts";

/** An hour is fenced this long after its end; what is written later than a minute after its own time marks its hour. */
const graceMs = 120_000;
/** How long one look may take; the rest comes with the next. */
const lookMs = 20_000;
const marksAtOnce = 20;

/**
 * Counts what was committed since the last look. An hour is counted once every transaction that may have written to it has
 * ended, and again when something in it came late or changed, so the counts equal the rows. Each step is a transaction that
 * one worker does at a time.
 * @param budgetMs how long it may take.
 */
export async function keepRollups(budgetMs = lookMs): Promise<void> {
  const end = performance.now() + budgetMs;
  for (const log of countedLogs) {
    try {
      while (performance.now() < end && (await takeStep(log)));
    } catch (err) {
      getLog().warn({ err, log }, "counting for the dashboard is left until the next look");
    }
  }
}

/** @returns whether there is more to do at once. */
async function takeStep(log: CountedLog): Promise<boolean> {
  // Derived from rows that have their own records: nothing for the audit log.
  return inTransaction(async (tx) => {
    if (!(await takeRollup(tx, log))) return false;
    const state = await readState(tx, log);
    const marked = await findMarked(tx, log, state.until, marksAtOnce);
    for (const hour of marked) await countHour(tx, log, hour);
    for (const day of new Set(marked.map((hour) => Math.floor(hour / dayMs) * dayMs))) {
      if (log === "runs" && day < state.daysUntil) await countDay(tx, day);
    }
    if (marked.length === marksAtOnce) return true;
    if (state.fencedUntil === null) return fenceNext(tx, log, state.until, state.now);
    if (!state.isPassed) return false;
    return countNext(tx, log, { ...state, fencedUntil: state.fencedUntil });
  });
}

/** Sets a fence behind the hours that are over. */
async function fenceNext(tx: Transaction, log: CountedLog, until: number, now: number): Promise<boolean> {
  const over = Math.floor((now - graceMs) / hourMs) * hourMs;
  await forgetExpired(tx, log);
  if (over <= until) return false;
  await setFence(tx, log, over);
  return true;
}

/** Deletes what was counted of rows that are gone: the retention drops the oldest ones. */
async function forgetExpired(tx: Transaction, log: CountedLog): Promise<void> {
  const oldest = await findNext(tx, log, 0);
  if (oldest === null) return;
  const deleted = await deleteCounts(tx, log, Math.floor(oldest / hourMs) * hourMs);
  if (deleted > 0 && log === "runs") await countDay(tx, Math.floor(oldest / dayMs) * dayMs);
}

/** Counts the next hour that has rows, up to the fence, and the days that are complete with it. */
async function countNext(
  tx: Transaction,
  log: CountedLog,
  { until, daysUntil, fencedUntil }: { until: number; daysUntil: number; fencedUntil: number },
): Promise<boolean> {
  const next = await findNext(tx, log, until);
  const hour = Math.min(fencedUntil, next === null ? fencedUntil : Math.floor(next / hourMs) * hourMs);
  if (hour < fencedUntil) await countHour(tx, log, hour);
  const counted = Math.min(fencedUntil, hour + hourMs);
  await setUntil(tx, log, counted, counted === fencedUntil);
  if (log !== "runs") return true;
  const complete = Math.floor(counted / dayMs) * dayMs;
  if (complete > daysUntil) {
    // Days between these two have no rows. They differ when the counted hour is the last one of a later day.
    for (const day of new Set([daysUntil, Math.floor(hour / dayMs) * dayMs])) {
      if (day < complete) await countDay(tx, day);
    }
    await setDaysUntil(tx, log, complete);
  }
  return true;
}
