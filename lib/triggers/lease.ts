import { eq, sql } from "drizzle-orm";
import { runLeases } from "#drizzle/schema/run-leases.ts";
import { getDb, inTransaction } from "../db/client.ts";
import { AppError } from "../errors.ts";

/** How long a lease outlives its run's deadline, for the recording of the run. */
const graceMs = 10_000;

/** The trigger that a run counts for. */
type Limited = { id: string; name: string; maxInProgress: number; maxExecutionMs: number };

/**
 * Takes one of the places of a trigger that limits how many of its runs are in progress, over all processes.
 * @returns false when all places are taken.
 */
export async function takeLease(trigger: Limited, runId: string): Promise<boolean> {
  return inTransaction(async (tx) => {
    // The lock makes counting and taking one step; it ends with the transaction, so pgbouncer does not matter.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`run_leases/${trigger.id}`}, 0))`);
    const taken = await tx.execute(sql`
      insert into ${runLeases} (run_id, trigger_id, until)
      select ${runId}::uuid, ${trigger.id}::uuid, now() + ${`${trigger.maxExecutionMs + graceMs} milliseconds`}::interval
      where (select count(*) from ${runLeases} where trigger_id = ${trigger.id} and until > now()) < ${trigger.maxInProgress}`);
    return taken.rowCount === 1;
  });
}

/** Gives the place back, and clears those that ended by themselves. */
export async function giveBackLease(runId: string): Promise<void> {
  await getDb()
    .delete(runLeases)
    .where(sql`${eq(runLeases.runId, runId)} or ${runLeases.until} < now() - interval '1 hour'`);
}

/** Why a run over the limit was not made. */
export function tooManyInProgress({ name, maxInProgress }: Limited): AppError {
  const runs = maxInProgress === 1 ? "1 run" : `${maxInProgress} runs`;
  return new AppError("too_many_in_progress", `${name} already has ${runs} in progress, which is its limit.`, {
    hint: "Wait until one has finished, or raise max in progress of the trigger.",
    retryable: true,
  });
}
