import { holdFor } from "#lib/delivery/queue/hold-runs.ts";
import { beginQueued, failQueued, finishQueued, loadQueued, type QueuedRun } from "#lib/delivery/queue/queue.ts";
import { requireSignIn } from "#lib/delivery/runs/authorization.ts";
import { executeRun } from "#lib/delivery/runs/execute.ts";
import type { RunEvent } from "#lib/delivery/runs/model.ts";
import type { RunOrder } from "#lib/delivery/runs/order.ts";
import { requireRoom } from "#lib/delivery/runs/store.ts";
import { getTriggerPlan, type TriggerPlan } from "#lib/delivery/triggers/plan.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { isDatabaseUnavailable } from "#lib/platform/db/unavailable.ts";
import { AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { runCorrelated } from "#lib/platform/log/correlation.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { requireEnabled } from "./fire.ts";
import { toOrder } from "./to-order.ts";

/** How often a run whose worker ends in the middle is begun, if the trigger says that it may be repeated. */
const maxBegun = 3;

/**
 * Makes a run of the queue, in a worker. Everything that goes wrong in it becomes its outcome. A run that was begun before, by a worker
 * that ended, is begun again only if its trigger says that it may be repeated.
 * @throws Error only when nothing was begun and it may be tried again: the database can't be reached
 */
export async function runQueued(runId: string): Promise<void> {
  requireRoom();
  const queued = await loadQueued(runId);
  if (!queued) return;
  const { correlationId, traceparent = null } = queued.input;
  const make = () => makeQueued(queued);
  return correlationId ? runCorrelated({ id: correlationId, traceparent, span: null }, make) : make();
}

async function makeQueued(queued: QueuedRun): Promise<void> {
  const { runId } = queued;
  const prepared = await prepareRun(queued);
  const begun = await beginQueued(runId);
  if (begun === null) return;
  if (prepared instanceof Error) return failRun(runId, prepared);
  const { plan, order } = prepared;
  if (begun > 1 && !(plan.repeatInterrupted && begun <= maxBegun)) return failRun(runId, interrupted(plan));
  await executeRun(order, { record: finishQueued, hold: holdFor(plan, order, queued.input) });
}

/** What is to be made, by the configuration of now; or why it can't be. */
async function prepareRun(queued: QueuedRun): Promise<{ plan: TriggerPlan; order: RunOrder } | AppError> {
  try {
    const plan = await getTriggerPlan(queued.triggerId);
    requireEnabled(plan);
    await requireSignIn(plan.transport, queued.actor);
    const order = await toOrder(plan, {
      runId: queued.runId,
      event: queued.event as RunEvent,
      actor: queued.actor,
      input: queued.input,
      queuedAt: queued.queuedAt.toISOString(),
      ...(queued.heldUntil && { heldUntil: queued.heldUntil.toISOString() }),
    });
    return { plan, order };
  } catch (err) {
    if (isDatabaseUnavailable(err)) throw err;
    const reason = toAppError(err);
    if (!reason.expose) getLog().error({ err, runId: queued.runId }, "a queued run could not be prepared");
    return reason;
  }
}

async function failRun(runId: string, reason: AppError): Promise<void> {
  await inTransaction((tx) => failQueued(tx, [runId], reason));
}

function interrupted({ repeatInterrupted }: TriggerPlan): AppError {
  return new AppError(
    "interrupted",
    "The worker that made this run ended in the middle of it. Whether the service got the request is not known.",
    {
      hint: repeatInterrupted
        ? `It was begun ${maxBegun} times. Look at the log of the workers.`
        : "Look at the service before you run it again. Runs that may be repeated without harm can be marked so in the trigger.",
    },
  );
}
