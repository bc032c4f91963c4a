import { and, inArray, sql } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { runs } from "#drizzle/schema/runs.ts";
import type { Run, RunRow } from "#lib/delivery/runs/model.ts";
import { type RunOrder, unsentRun } from "#lib/delivery/runs/order.ts";
import { toRunError } from "#lib/delivery/runs/outcome.ts";
import { insertRuns, replaceRuns } from "#lib/delivery/runs/store.ts";
import { batchQueries } from "#lib/platform/db/batch-queries.ts";
import { getDb, onCommit, type Transaction } from "#lib/platform/db/client.ts";
import { isDatabaseUnavailable } from "#lib/platform/db/unavailable.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { wakeConsumers } from "#lib/platform/jobs/consume.ts";
import { getCorrelation } from "#lib/platform/log/correlation.ts";
import { countUnmadeRun } from "#lib/platform/metrics/count.ts";
import type { QueuedInput } from "./model.ts";

/** The queue of pg-boss with a job for each run that is ready. */
export const jobQueue = "runs";

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
      input: correlate(input, run),
      queuedAt: now,
    })),
  );
  onCommit(tx, () => wakeConsumers(jobQueue));
  return rows.map(({ run }) => run);
}

/** The input with what the run belongs to, for when it is made. */
export function correlate(input: QueuedInput, { correlationId }: Run): QueuedInput {
  const traceparent = getCorrelation()?.traceparent ?? input.traceparent;
  return { ...input, correlationId: correlationId ?? undefined, traceparent };
}

/** What is to be made, undefined when it is not in the queue any more. Those that are asked for at the same time share a statement. */
export const loadQueued = batchQueries<string, QueuedRun | undefined>({
  keyOf: (runId) => runId,
  work: async (runIds) => {
    const rows = await getDb().select().from(queuedRuns).where(inArray(queuedRuns.runId, runIds));
    const found = new Map(rows.map((row) => [row.runId, row]));
    return runIds.map((runId) => found.get(runId));
  },
});

/**
 * Says that a worker begins a queued run. From now on nobody can take it back, and if the worker ends in the middle, it is not known
 * whether the request was sent. Runs that begin at the same time share a statement.
 * @returns how often it was begun, this time counted; null when it is not in the queue any more.
 */
export const beginQueued = batchQueries<string, number | null>({
  keyOf: (runId) => runId,
  work: async (runIds) => {
    const ids = sql`${sql.param(runIds)}::uuid[]`;
    const { rows } = await getDb().execute<{ run_id: string; begun: number }>(sql`
      with begun as (
        update ${queuedRuns} set state = 'running', begun = begun + 1
        where run_id = any(${ids}) and state in ('ready', 'running')
        returning run_id, begun),
      shown as (
        update ${runs} set status = 'running', started_at = ${new Date()}
        where id = any(${ids}) and id in (select run_id from begun))
      select run_id, begun from begun`);
    const begun = new Map(rows.map((row) => [row.run_id, row.begun]));
    return runIds.map((runId) => begun.get(runId) ?? null);
  },
});

/** Records how a queued run ended and takes it out of the queue. A database that can't be reached is waited for. */
export async function finishQueued(row: RunRow): Promise<void> {
  const began = performance.now();
  for (;;) {
    try {
      return await finish(row);
    } catch (err) {
      if (!isDatabaseUnavailable(err) || performance.now() - began > recordForMs) throw err;
      await new Promise((resolve) => setTimeout(resolve, recordPauseMs));
    }
  }
}

const finish = batchQueries<RunRow, void>({
  keyOf: ({ run }) => run.id,
  most: 50,
  work: async (rows) => {
    const ids = sql.param(rows.map(({ run }) => run.id));
    await getDb().execute(sql`
      with replaced as (${replaceRuns(rows)}) delete from ${queuedRuns} where run_id = any(${ids}::uuid[])`);
    return rows.map(() => undefined);
  },
});

/** Ends queued runs that are not made, with the reason in words, and takes them out of the queue. */
export async function failQueued(tx: Transaction, runIds: string[], reason: AppError): Promise<void> {
  if (runIds.length === 0) return;
  const error = toRunError(reason);
  await tx
    .update(runs)
    .set({ status: "failed", error, errorCode: error.code })
    .where(and(inArray(runs.id, runIds), inArray(runs.status, ["queued", "running", "held"])));
  const ended = await tx
    .delete(queuedRuns)
    .where(inArray(queuedRuns.runId, runIds))
    .returning({ event: queuedRuns.event });
  onCommit(tx, () => {
    for (const { event } of ended) countUnmadeRun(event, error.code);
  });
}
