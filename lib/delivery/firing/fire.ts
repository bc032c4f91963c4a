import { v7 } from "uuid";
import type { Context } from "#lib/access/permissions/context.ts";
import { holdFor } from "#lib/delivery/queue/hold-runs.ts";
import { findSlot, giveBackLease, noFreeSlot, takeLease } from "#lib/delivery/queue/lease.ts";
import type { QueuedInput } from "#lib/delivery/queue/model.ts";
import { enqueueRun } from "#lib/delivery/queue/queue.ts";
import { requireSignIn } from "#lib/delivery/runs/authorization.ts";
import { executeRun, recordRefusal } from "#lib/delivery/runs/execute.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { type RunOrder, unsentRun } from "#lib/delivery/runs/order.ts";
import { insertRuns, requireRoom } from "#lib/delivery/runs/store.ts";
import { requireRun } from "#lib/delivery/triggers/may-run.ts";
import { getTriggerPlan, type TriggerPlan } from "#lib/delivery/triggers/plan.ts";
import type { RunTriggerInput } from "#lib/delivery/triggers/schema.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { type Firing, toOrder } from "./to-order.ts";

/**
 * Fires a trigger on demand and returns the finished run, whether it succeeded or not; one that has to wait for a place comes back
 * with the status `queued`.
 * @param input values of the variables that the request names, parsed by `runTriggerInput`.
 * @throws AppError before a run is made: `not_found`, `forbidden`, `trigger_disabled`, `profile_sign_in_required`, `transport_unusable`, `invalid_input` at
 *   `variables.NAME`, `template_invalid`; `database_unavailable` when it could not be recorded
 */
export async function fireTrigger(ctx: Context, id: string, input: RunTriggerInput = {}): Promise<Run> {
  const plan = await getTriggerPlan(id);
  requireRun(ctx, plan);
  requireEnabled(plan);
  const signedIn = requireSignIn(plan.transport, ctx.actor);
  if (signedIn instanceof Promise) await signedIn;
  const { variables = {}, webhook } = input;
  return startRun(plan, {
    runId: v7(),
    event: "on_demand",
    actor: ctx.actor,
    input: { variables, webhook: webhook ? { body: null, headers: {}, query: {}, ...webhook } : null, dueAt: null },
  });
}

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
