import { asc, inArray, sql } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { runLeases } from "#drizzle/schema/run-leases.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import type { NewJob } from "#lib/platform/jobs/boss.ts";
import { releaseRepaired } from "./hold-runs.ts";

type AddJobs = (jobs: NewJob[], tx: Transaction) => Promise<void>;

/** How many runs become ready in one transaction. */
const maxAtOnce = 500;

/**
 * Puts the held runs back whose credential works again, gives the slots that are free to the runs that have waited longest, trigger
 * by trigger, and makes a job of each. One process does
 * it at a time; another one that comes meanwhile has nothing to do.
 * @param addJobs makes the jobs, in the transaction.
 * @returns whether there may be more at once.
 */
export async function dispatchRuns(addJobs: AddJobs): Promise<boolean> {
  return inTransaction(async (tx) => {
    const { rows: locked } = await tx.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended('queued_runs', 0)) as mine`,
    );
    if (!locked[0]?.mine) return false;
    // A process that hangs here must not keep the others from it.
    await tx.execute(sql`set local idle_in_transaction_session_timeout = '10s'`);
    const back = await releaseRepaired(tx);
    const ready = await takeReady(tx);
    await addJobs(ready, tx);
    return ready.length === maxAtOnce || back > 0;
  });
}

/**
 * Makes the jobs of runs that have none, though they should: after the tables were restored without those of pg-boss. A job that is
 * there stays as it is.
 */
export async function restoreJobs(addJobs: AddJobs): Promise<void> {
  await inTransaction(async (tx) => {
    const dispatched = await tx
      .select({ id: queuedRuns.runId })
      .from(queuedRuns)
      .where(inArray(queuedRuns.state, ["ready", "running"]))
      .orderBy(asc(queuedRuns.position));
    await addJobs(
      dispatched.map(({ id }) => ({ id, again: false })),
      tx,
    );
  });
}

async function takeReady(tx: Transaction): Promise<NewJob[]> {
  const { rows } = await tx.execute<{ run_id: string; position: string; again: boolean }>(sql`
    with waiting as (
      select run_id, trigger_id, position, row_number() over (partition by trigger_id order by position) as rank
      from ${queuedRuns} where state = 'waiting'
    ), limits as (
      select t.id, t.max_in_progress - (
          select count(*) from ${queuedRuns} q where q.trigger_id = t.id and q.state in ('ready', 'running')
        ) - (
          select count(*) from ${runLeases} l where l.trigger_id = t.id and l.until > now()
        ) as free, t.max_in_progress
      from ${triggers} t where t.id in (select trigger_id from waiting)
    ), chosen as (
      select w.run_id from waiting w join limits t on t.id = w.trigger_id
      where t.max_in_progress = 0 or w.rank <= t.free
      order by w.position limit ${maxAtOnce}
    )
    update ${queuedRuns} set state = 'ready' from chosen
    where ${queuedRuns.runId} = chosen.run_id and ${queuedRuns.state} = 'waiting'
    returning ${queuedRuns.runId}, ${queuedRuns.position}, ${queuedRuns.heldAt} is not null as again`);
  return rows
    .toSorted((one, other) => Number(one.position) - Number(other.position))
    .map(({ run_id, again }) => ({ id: run_id, again }));
}
