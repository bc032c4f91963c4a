import { eq, sql } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { runLeases } from "#drizzle/schema/run-leases.ts";
import type { triggers } from "#drizzle/schema/triggers.ts";
import { getDb, type Transaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/** How long a lease outlives its run's deadline, for the recording of the run. */
const graceMs = 10_000;

/** The trigger that a run counts for. */
export type Limited = Pick<
  typeof triggers.$inferSelect,
  "id" | "name" | "maxInProgress" | "queueSize" | "maxExecutionMs"
>;

/**
 * Which slot a trigger that limits its runs has for one more, over all processes: one in progress, one in the queue, or none. Until
 * the transaction ends nobody else is told.
 */
export async function findSlot(tx: Transaction, trigger: Limited): Promise<"in_progress" | "queue" | "none"> {
  // The lock makes counting and taking one step; it ends with the transaction, so pgbouncer does not matter.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`run_leases/${trigger.id}`}, 0))`);
  const { rows } = await tx.execute<{ taken: number }>(sql`
    select (select count(*) from ${runLeases} where trigger_id = ${trigger.id} and until > now())::int
         + (select count(*) from ${queuedRuns} where trigger_id = ${trigger.id} and state <> 'held')::int as taken`);
  const { taken } = rows[0]!;
  // Who is queued while slots are free gets one at once, so they count alike.
  if (taken < trigger.maxInProgress) return "in_progress";
  return taken < trigger.maxInProgress + trigger.queueSize ? "queue" : "none";
}

/** Takes a slot for a run that this process makes at once. */
export async function takeLease(tx: Transaction, trigger: Limited, runId: string): Promise<void> {
  const until = sql`now() + ${`${trigger.maxExecutionMs + graceMs} milliseconds`}::interval`;
  await tx.insert(runLeases).values({ runId, triggerId: trigger.id, until });
}

/** Gives the slot back, and clears those that ended by themselves. */
export async function giveBackLease(runId: string): Promise<void> {
  await getDb()
    .delete(runLeases)
    .where(sql`${eq(runLeases.runId, runId)} or ${runLeases.until} < now() - interval '1 hour'`);
}

/** Why a run over the limit was not made. */
export function noFreeSlot({ name, maxInProgress, queueSize }: Limited): AppError {
  const runs = maxInProgress === 1 ? "1 run" : `${maxInProgress} runs`;
  if (queueSize === 0) {
    return new AppError("too_many_in_progress", `${name} already has ${runs} in progress, which is its limit.`, {
      hint: "Wait until one has finished, raise max in progress of the trigger, or give it a queue.",
      retryable: true,
    });
  }
  const waiting = queueSize === 1 ? "1 waits" : `${queueSize} wait`;
  return new AppError("queue_full", `${name} has ${runs} in progress and ${waiting}: its queue is full.`, {
    hint: "Try again when some have finished, or raise max in progress or the queue size of the trigger.",
    retryable: true,
  });
}
