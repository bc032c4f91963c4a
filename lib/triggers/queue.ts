import { and, eq, inArray, sql } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { getCorrelation } from "../correlation.ts";
import { inTransaction, onCommit, type Transaction } from "../db/client.ts";
import { isDatabaseUnavailable } from "../db/unavailable.ts";
import type { AppError } from "../errors.ts";
import { countUnmadeRun } from "../metrics/count.ts";
import { type RunOrder, unsentRun } from "../runs/execute.ts";
import type { Run } from "../runs/model.ts";
import { toRunError } from "../runs/outcome.ts";
import { insertRuns, type RunRow, replaceRun } from "../runs/store.ts";
import type { QueuedInput } from "./queued-run.ts";

export type QueuedRun = typeof queuedRuns.$inferSelect;

/** How long the end of a run is tried to be recorded while the database can't be reached. */
const recordForMs = 120_000;
const recordPauseMs = 500;

/** A run that is accepted, and what it is made from. */
export type Accepted = { order: RunOrder; input: QueuedInput };

/**
 * Puts a run into the queue, in the transaction that accepts it: once it commits, the run is made, or ends in words that say why not,
 * whatever process dies.
 */
export async function enqueueRun(tx: Transaction, order: RunOrder, input: QueuedInput, now: Date): Promise<Run> {
  const [run] = await enqueueRuns(tx, [{ order, input }], now);
  return run!;
}

/** The same for several, in their order. */
export async function enqueueRuns(tx: Transaction, accepted: readonly Accepted[], now: Date): Promise<Run[]> {
  if (accepted.length === 0) return [];
  const queuedAt = now.toISOString();
  const rows = accepted.map(({ order, input }) => ({ order, input, run: unsentRun({ ...order, queuedAt }, null) }));
  await insertRuns(
    tx,
    rows.map(({ run, order }) => ({ run, nodePath: order.node.path })),
  );
  await tx.insert(queuedRuns).values(
    rows.map(({ order, input, run }) => ({
      runId: order.runId,
      triggerId: order.trigger!.id,
      event: order.event,
      actor: order.actor,
      input: {
        ...input,
        correlationId: run.correlationId ?? undefined,
        traceparent: getCorrelation()?.traceparent ?? undefined,
      },
      queuedAt: now,
    })),
  );
  return rows.map(({ run }) => run);
}

/**
 * Says that a worker begins a queued run. From now on nobody can take it back, and if the worker ends in the middle, it is not known
 * whether the request was sent.
 * @returns how often it was begun, this time counted; null when it is not in the queue any more.
 */
export async function beginQueued(runId: string): Promise<number | null> {
  return inTransaction(async (tx) => {
    const [begun] = await tx
      .update(queuedRuns)
      .set({ state: "running", begun: sql`${queuedRuns.begun} + 1` })
      .where(and(eq(queuedRuns.runId, runId), inArray(queuedRuns.state, ["ready", "running"])))
      .returning({ times: queuedRuns.begun });
    if (!begun) return null;
    await tx.update(runs).set({ status: "running", startedAt: new Date() }).where(eq(runs.id, runId));
    return begun.times;
  });
}

/** Records how a queued run ended and takes it out of the queue. A database that can't be reached is waited for. */
export async function finishQueued(row: RunRow): Promise<void> {
  const began = performance.now();
  for (;;) {
    try {
      await inTransaction(async (tx) => {
        await replaceRun(tx, row);
        await tx.delete(queuedRuns).where(eq(queuedRuns.runId, row.run.id));
      });
      return;
    } catch (err) {
      if (!isDatabaseUnavailable(err) || performance.now() - began > recordForMs) throw err;
      await new Promise((resolve) => setTimeout(resolve, recordPauseMs));
    }
  }
}

/** Ends queued runs that are not made, with the reason in words, and takes them out of the queue. */
export async function failQueued(tx: Transaction, runIds: string[], reason: AppError): Promise<void> {
  if (runIds.length === 0) return;
  const error = toRunError(reason);
  await tx
    .update(runs)
    .set({ status: "failed", error, errorCode: error.code })
    .where(and(inArray(runs.id, runIds), inArray(runs.status, ["queued", "running"])));
  const ended = await tx
    .delete(queuedRuns)
    .where(inArray(queuedRuns.runId, runIds))
    .returning({ event: queuedRuns.event });
  onCommit(tx, () => {
    for (const { event } of ended) countUnmadeRun(event, error.code);
  });
}
