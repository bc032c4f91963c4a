import { and, eq, inArray } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { recordAudit } from "../audit/record.ts";
import { inTransaction } from "../db/client.ts";
import { AppError } from "../errors.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { findRun } from "../runs/find-runs.ts";
import type { Run } from "../runs/model.ts";
import { failQueued } from "./queue.ts";

/**
 * Takes a run out of the queue before it is begun; it ends as failed, with who cancelled it.
 * @throws AppError `not_found`, `forbidden`, `conflict` when it is not waiting any more
 */
export async function cancelRun(ctx: Context, id: string): Promise<Run> {
  const { run, nodePath } = await findRun(id);
  requirePermission(ctx, "triggers.run", nodePath);
  await inTransaction(async (tx) => {
    const [waiting] = await tx
      .select({ id: queuedRuns.runId })
      .from(queuedRuns)
      .where(and(eq(queuedRuns.runId, id), inArray(queuedRuns.state, ["waiting", "ready"])))
      .for("update");
    if (!waiting) {
      throw new AppError("conflict", "This run does not wait in a queue any more.", {
        hint: "Only a run with the status queued can be cancelled; look at how it ended.",
      });
    }
    await failQueued(tx, [id], cancelled(`${ctx.actor.name} cancelled this run while it was queued.`));
    const target = { kind: "run", id, name: run.triggerName };
    await recordAudit(tx, ctx, { action: "run.cancel", target, after: { triggerId: run.triggerId } });
  });
  return (await findRun(id)).run;
}

/** Why a queued run is not made. Nothing was sent. */
export function cancelled(message: string): AppError {
  return new AppError("run_cancelled", message, { hint: "Nothing was sent." });
}
