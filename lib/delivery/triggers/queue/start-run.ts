import { executeRun, type RunOrder, recordRefusal, unsentRun } from "#lib/delivery/runs/execute.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { insertRuns, requireRoom } from "#lib/delivery/runs/store.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import type { TriggerPlan } from "../plan.ts";
import type { QueuedInput } from "../queued-run.ts";
import { holdFor } from "./hold-runs.ts";
import { findSlot, giveBackLease, noFreeSlot, takeLease } from "./lease.ts";
import { enqueueRun } from "./queue.ts";
import { type Firing, toOrder } from "./to-order.ts";

type StartOptions = {
  /** False to leave it to the workers in any case: it comes back queued. */
  atOnce?: boolean;
  /** Done before anything else, in the transaction that accepts the run if there is one; it stops the run by throwing. */
  before?: (tx: Transaction | null) => Promise<void>;
};

/**
 * Makes a run of a trigger at once, if its limits leave a slot for it; else it is queued, or refused as a failed run.
 * @throws AppError before a run is made: what `toOrder` throws; `database_unavailable` when it could not be recorded
 */
export async function startRun(
  plan: TriggerPlan,
  firing: Firing,
  { atOnce = true, before }: StartOptions = {},
): Promise<Run> {
  const given = toOrder(plan, firing);
  const order = given instanceof Promise ? await given : given;
  if (atOnce && plan.maxInProgress === 0) {
    // What may not be begun is not taken either.
    requireRoom();
    if (before) await before(null);
    return executeRun(order, { hold: holdFor(plan, order, firing.input) });
  }
  const slot = await inTransaction(async (tx) => {
    await before?.(tx);
    if (plan.maxInProgress === 0) return enqueueRun(tx, order, firing.input, new Date());
    const found = await findSlot(tx, plan);
    if (found === "none") return null;
    if (found === "queue" || !atOnce) return enqueueRun(tx, order, firing.input, new Date());
    return takeLease(tx, plan, order.runId);
  });
  if (slot === null) return recordRefusal(order, noFreeSlot(plan));
  if (slot) return slot;
  try {
    return await executeRun(order, { hold: holdFor(plan, order, firing.input) });
  } finally {
    // It ends by itself at the run's deadline; the run is what counts.
    await giveBackLease(order.runId).catch((err) => getLog().warn({ err }, "a slot in progress was not given back"));
  }
}

/** Leaves a run to the workers in a transaction, or records in it that it was refused. */
export async function leaveRun(tx: Transaction, plan: TriggerPlan, order: RunOrder, input: QueuedInput): Promise<void> {
  if (plan.maxInProgress === 0 || (await findSlot(tx, plan)) !== "none") {
    await enqueueRun(tx, order, input, new Date());
    return;
  }
  await insertRuns(tx, [{ run: unsentRun(order, noFreeSlot(plan)), nodePath: order.node.path }]);
}

/** @throws AppError `trigger_disabled` */
export function requireEnabled(plan: TriggerPlan): void {
  if (plan.enabled) return;
  throw new AppError("trigger_disabled", `The trigger ${plan.name} is disabled.`, {
    hint: "Enable it on its page, then run it.",
  });
}
