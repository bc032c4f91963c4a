import type { IssuedToken } from "#lib/oauth/tokens/model.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { ensureCorrelated } from "#lib/platform/log/correlation.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { countRun, countSchedule } from "#lib/platform/metrics/count.ts";
import { traced } from "#lib/platform/tracing/traced.ts";
import { type Attempt, attemptRequest } from "./attempt/attempt-request.ts";
import { describeOrder } from "./attempt/spans.ts";
import { dropRefusedToken } from "./authorization.ts";
import { clearEntries, closeEntry, openEntry } from "./in-flight-journal.ts";
import type { HoldReason, Run, RunRow } from "./model.ts";
import { interruptedRun, type RunOrder, subjectOf, toRun, unsentRun } from "./order.ts";
import { allRecorded, recordRun, requireRoom } from "./store.ts";

/** How a run comes into the database; it returns when it is committed. */
type Record = (row: RunRow) => Promise<void>;

/**
 * Holds a run that failed on authentication, to be made again; it returns it as it is held, when that is committed, and null when it is
 * to end as failed.
 */
export type Hold = (row: RunRow, reason: HoldReason) => Promise<Run | null>;

type Handling = { record?: Record; hold?: Hold | null };

/**
 * Makes a run: token, Authorization, request, outcome, record. It returns when the run is committed, whether it succeeded or
 * not. A service that refuses the token gets one more request with a fresh one: always after a 401, which says that nothing was done;
 * after a SOAP answer that tells of an expired token only where the call is safe to repeat.
 * @throws AppError `database_unavailable` when the run could not be recorded
 */
export function executeRun(order: RunOrder, handling: Handling = {}): Promise<Run> {
  const describe = () => describeOrder(order);
  return ensureCorrelated((correlationId) =>
    traced("run", "INTERNAL", describe, async (span) => {
      const run = await trackRun(makeRun(order, correlationId, handling));
      if (run.error) span.fail(run.error.code);
      return run;
    }),
  );
}

async function makeRun(order: RunOrder, correlationId: string, { record, hold }: Handling): Promise<Run> {
  requireRoom();
  const nodePath = order.node.path;
  const startedAt = new Date();
  const began = performance.now();
  if (order.dueAt) countSchedule(startedAt.getTime() - Date.parse(order.dueAt));
  const deadline = began + order.maxExecutionMs;
  const secrets: string[] = [];
  // What is recorded in another way has its trace already.
  const entry = record
    ? undefined
    : await openEntry({ run: interruptedRun(order, correlationId, startedAt), nodePath });
  const attempts = [await attemptRequest(order, deadline, secrets, false)];
  const { refused, mayRepeat, issued } = attempts[0]!;
  if (refused && issued && (await dropRefused(order, issued)) && mayRepeat) {
    attempts.push(await attemptRequest(order, deadline, secrets, true));
  }
  const run = toRun({
    order,
    correlationId,
    startedAt,
    durationMs: Math.round(performance.now() - began),
    attempts: attempts.map(({ attempt }) => attempt),
  });
  const row = { run, nodePath };
  const held = hold ? await holdRun(row, attempts.at(-1)!, hold) : null;
  if (held) {
    if (entry) closeEntry(entry);
    return held;
  }
  countRun(run);
  await (record ? record(row) : recordRun(row, entry));
  return run;
}

/** What can't be held ends as it failed. */
async function holdRun(row: RunRow, { held }: Attempt, hold: Hold): Promise<Run | null> {
  if (!held) return null;
  try {
    return await hold(row, held);
  } catch (err) {
    getLog().error({ err, runId: row.run.id }, "a run could not be held");
    return null;
  }
}

/** Whether a refused token made room for another one; a run whose token can't be dropped ends with the refusal. */
async function dropRefused(order: RunOrder, issued: IssuedToken): Promise<boolean> {
  try {
    return await dropRefusedToken(subjectOf(order)!, issued);
  } catch (err) {
    getLog().error({ err, runId: order.runId }, "a refused token could not be dropped");
    return false;
  }
}

const getRunning = () => singleton("runs.running", () => new Set<Promise<unknown>>());

/** Counts a run as under way until it is over, whoever still waits for it. */
function trackRun<T>(run: Promise<T>): Promise<T> {
  const running = getRunning();
  const over = () => void running.delete(run);
  running.add(run);
  run.then(over, over);
  return run;
}

/** Resolves when no run of this process is under way and all are recorded, for the end of the process. */
export async function finishRuns(): Promise<void> {
  const running = getRunning();
  while (running.size > 0) await Promise.allSettled(running);
  await allRecorded();
  await clearEntries();
}

/** Records a run that was refused before anything was sent; returns it when it is committed. */
export async function recordRefusal(order: RunOrder, refusal: AppError): Promise<Run> {
  const run = unsentRun(order, refusal);
  countRun(run);
  await recordRun({ run, nodePath: order.node.path });
  return run;
}
