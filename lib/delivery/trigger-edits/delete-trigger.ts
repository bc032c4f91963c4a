import { and, eq, ne } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { cancelled } from "#lib/delivery/queue/cancel-run.ts";
import { failQueued } from "#lib/delivery/queue/queue.ts";
import { findTrigger, toTriggerDetail } from "#lib/delivery/triggers/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { audited } from "./create-trigger.ts";

/**
 * Deletes a trigger. Its runs stay; those that are queued end as cancelled.
 * @throws AppError `forbidden`, `not_found`
 */
export async function deleteTrigger(ctx: Context, id: string): Promise<void> {
  await inTransaction(async (tx) => {
    const found = await findTrigger(tx, id, true);
    requirePermission(ctx, "triggers.write", found.nodePath);
    const waiting = await tx
      .select({ id: queuedRuns.runId })
      .from(queuedRuns)
      .where(and(eq(queuedRuns.triggerId, id), ne(queuedRuns.state, "running")))
      .for("update");
    const reason = cancelled(`${ctx.actor.name} deleted the trigger while this run was queued.`);
    await failQueued(
      tx,
      waiting.map((run) => run.id),
      reason,
    );
    await tx.delete(triggers).where(eq(triggers.id, id));
    const target = { kind: "trigger", id, name: found.row.name };
    await recordAudit(tx, ctx, { action: "trigger.delete", target, before: audited(toTriggerDetail(found)) });
    await bumpChanges(tx);
  });
}
