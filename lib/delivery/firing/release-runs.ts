import { and, eq } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { putBack } from "#lib/delivery/queue/hold-runs.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { findRun } from "#lib/delivery/runs/read-runs.ts";
import { requireUse } from "#lib/delivery/triggers/may-run.ts";
import { findTrigger } from "#lib/delivery/triggers/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/**
 * Makes a held run again now, without waiting for its credential.
 * @throws AppError `not_found`, `forbidden`, `conflict` when it is not held any more
 */
export async function releaseRun(ctx: Context, id: string): Promise<Run> {
  const { run, nodePath } = await findRun(id);
  requirePermission(ctx, "triggers.run", nodePath);
  await inTransaction(async (tx) => {
    if (run.triggerId) await requireUse(ctx, (await findTrigger(tx, run.triggerId)).row.transportId, tx);
    if ((await putBack(tx, [id])).length === 0) {
      throw new AppError("conflict", "This run is not held any more.", {
        hint: "It was released, cancelled, or its time was over; look at how it stands.",
      });
    }
    const target = { kind: "run", id, name: run.triggerName };
    await recordAudit(tx, ctx, { action: "run.release", target, after: { triggerId: run.triggerId } });
  });
  return (await findRun(id)).run;
}

/**
 * Makes all held runs of a trigger again now.
 * @returns how many they are.
 * @throws AppError `not_found`, `forbidden`
 */
export async function releaseRuns(ctx: Context, triggerId: string): Promise<{ released: number }> {
  return inTransaction(async (tx) => {
    const { row, nodePath } = await findTrigger(tx, triggerId);
    requirePermission(ctx, "triggers.run", nodePath);
    await requireUse(ctx, row.transportId, tx);
    const held = await tx
      .select({ id: queuedRuns.runId })
      .from(queuedRuns)
      .where(and(eq(queuedRuns.triggerId, triggerId), eq(queuedRuns.state, "held")));
    const released = (
      await putBack(
        tx,
        held.map(({ id }) => id),
      )
    ).length;
    if (released > 0) {
      const target = { kind: "trigger", id: triggerId, name: row.name };
      await recordAudit(tx, ctx, { action: "trigger.release", target, after: { released } });
    }
    return { released };
  });
}
