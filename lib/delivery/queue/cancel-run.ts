import { and, eq, inArray } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { findRun } from "#lib/delivery/runs/read-runs.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { failQueued } from "./queue.ts";

/**
 * Takes a run out of the queue before it is begun, or one that is held; it ends as failed, with who cancelled it.
 * @throws AppError `not_found`, `forbidden`, `conflict` when it is not waiting any more
 */
export async function cancelRun(ctx: Context, id: string): Promise<Run> {
  const { run, nodePath } = await findRun(id);
  requirePermission(ctx, "triggers.run", nodePath);
  await inTransaction(async (tx) => {
    const [waiting] = await tx
      .select({ state: queuedRuns.state })
      .from(queuedRuns)
      .where(and(eq(queuedRuns.runId, id), inArray(queuedRuns.state, ["waiting", "ready", "held"])))
      .for("update");
    if (!waiting) {
      throw new AppError("conflict", "This run does not wait in a queue any more.", {
        hint: "Only a run with the status queued or held can be cancelled; look at how it ended.",
      });
    }
    const how = waiting.state === "held" ? "held" : "queued";
    const hint = how === "held" ? "The service had done nothing: it was not asked, or refused the token." : undefined;
    await failQueued(tx, [id], cancelled(`${ctx.actor.name} cancelled this run while it was ${how}.`, hint));
    const target = { kind: "run", id, name: run.triggerName };
    await recordAudit(tx, ctx, { action: "run.cancel", target, after: { triggerId: run.triggerId } });
  });
  return (await findRun(id)).run;
}

/** Why a queued run is not made. */
export function cancelled(message: string, hint = "Nothing was sent."): AppError {
  return new AppError("run_cancelled", message, { hint });
}
