import { and, eq, inArray, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import type { Hold } from "#lib/delivery/runs/execute.ts";
import type { RunOrder } from "#lib/delivery/runs/order.ts";
import { upsertRun } from "#lib/delivery/runs/store.ts";
import { inTransaction, onCommit, type Transaction } from "#lib/platform/db/client.ts";
import { wakeConsumers } from "#lib/platform/jobs/consume.ts";
import { countUnmadeRun } from "#lib/platform/metrics/count.ts";
import type { QueuedInput } from "./model.ts";
import { correlate, jobQueue } from "./queue.ts";

/** How many runs of one trigger are held at most; what fails then ends as failed. */
const mostHeld = 1000;
/** A provider that is busy, or fails for a moment, leaves the credential's status as it is: so long it is left alone. */
const restMs = 5000;

/** How runs of a trigger are held that fail on authentication; null when they are not. */
export function holdFor({ holdHours }: { holdHours: number }, order: RunOrder, input: QueuedInput): Hold | null {
  const { authorization } = order.transport;
  const triggerId = order.trigger?.id;
  if (holdHours === 0 || authorization.kind !== "credential" || triggerId === undefined) return null;
  const { credential } = authorization;
  return (row, reason) =>
    inTransaction(async (tx) => {
      const isHeld = and(eq(queuedRuns.triggerId, triggerId), eq(queuedRuns.state, "held"));
      if ((await tx.$count(queuedRuns, isHeld)) >= mostHeld) return null;
      const heldAt = new Date();
      const heldUntil = new Date(heldAt.getTime() + holdHours * 3_600_000);
      const run = { ...row.run, status: "held" as const, heldUntil: heldUntil.toISOString() };
      await upsertRun(tx, { ...row, run });
      const held = {
        ...{ state: "held" as const, begun: 0, heldAt, heldUntil, heldFor: reason },
        heldCredentialId: credential.id,
        heldCredentialVersion: credential.version,
        heldTransportVersion: order.transport.version,
      };
      const { runId, event, actor } = order;
      await tx
        .insert(queuedRuns)
        .values({ runId, triggerId, event, actor, input: correlate(input, run), queuedAt: heldAt, ...held })
        .onConflictDoUpdate({ target: queuedRuns.runId, set: held });
      return run;
    });
}

/**
 * Puts the runs back into the queue whose credential works again: it got a token since, or, when the service had refused that, was
 * changed since, or the transport was, which may have another one now. Those whose time is over end as they failed.
 * @returns how many went back.
 */
export async function releaseRepaired(tx: Transaction): Promise<number> {
  const { rows: any } = await tx.execute(sql`select 1 from ${queuedRuns} where state = 'held' limit 1`);
  if (any.length === 0) return 0;
  await endOverdue(tx);
  const { rows } = await tx.execute<{ run_id: string }>(sql`
    select held.run_id from ${queuedRuns} held
    join ${triggers} on ${triggers.id} = held.trigger_id and ${triggers.enabled}
    join ${transports} on ${transports.id} = ${triggers.transportId}
    left join ${credentials} on ${credentials.id} = ${transports.credentialId}
    where held.state = 'held' and (
      ${transports.credentialId} is null
      or (${credentials.enabled} and ${credentials.status} in ('active', 'expiring') and (
        (held.held_for = 'token' and held.held_at < now() - ${restMs} * interval '1 millisecond')
        or ${credentials.id} is distinct from held.held_credential_id
        or ${credentials.version} <> held.held_credential_version
        or ${transports.version} <> held.held_transport_version)))
    order by held.position limit 500 for update of held skip locked`);
  return (
    await putBack(
      tx,
      rows.map((row) => row.run_id),
    )
  ).length;
}

/** Puts held runs back into the queue. @returns those that were held. */
export async function putBack(tx: Transaction, runIds: string[]): Promise<string[]> {
  if (runIds.length === 0) return [];
  const back = await tx
    .update(queuedRuns)
    .set({ state: "waiting" })
    .where(and(inArray(queuedRuns.runId, runIds), eq(queuedRuns.state, "held")))
    .returning({ id: queuedRuns.runId });
  const ids = back.map(({ id }) => id);
  if (ids.length > 0) {
    await tx.update(runs).set({ status: "queued", queuedAt: new Date() }).where(inArray(runs.id, ids));
    onCommit(tx, () => wakeConsumers(jobQueue));
  }
  return ids;
}

/** A held run that nobody repaired in time ends as it failed. */
async function endOverdue(tx: Transaction): Promise<void> {
  const { rows } = await tx.execute<{ event: string; error_code: string | null }>(sql`
    with over as (
      delete from ${queuedRuns} where state = 'held' and held_until <= now() returning run_id, event)
    update ${runs} set status = 'failed' from over where ${runs.id} = over.run_id and ${runs.status} = 'held'
    returning over.event, ${runs.errorCode}`);
  onCommit(tx, () => {
    for (const { event, error_code } of rows) countUnmadeRun(event, error_code ?? "internal");
  });
}
