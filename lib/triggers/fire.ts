import { v7 } from "uuid";
import { AppError } from "../errors.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { getLog } from "../log.ts";
import { executeRun, type RunOrder, recordRefusal } from "../runs/execute.ts";
import type { Run } from "../runs/model.ts";
import { soapUnusable } from "../transports/send.ts";
import { buildRequest } from "./compile-request.ts";
import { giveBackLease, takeLease, tooManyInProgress } from "./lease.ts";
import { getTriggerPlan, type TriggerPlan } from "./plan.ts";
import type { RunTriggerInput } from "./schema.ts";

/**
 * Fires a trigger on demand and returns the finished run, whether it succeeded or not.
 * @param input values of the variables that the request names, parsed by `runTriggerInput`.
 * @throws AppError before a run is made: `not_found`, `forbidden`, `trigger_disabled`, `transport_unusable`, `invalid_input` at
 *   `variables.NAME`, `template_invalid`; `database_unavailable` when it could not be recorded
 */
export async function fireTrigger(ctx: Context, id: string, input: RunTriggerInput = {}): Promise<Run> {
  const plan = await getTriggerPlan(id);
  requirePermission(ctx, "triggers.run", plan.node.path);
  if (!plan.enabled) {
    throw new AppError("trigger_disabled", `The trigger ${plan.name} is disabled.`, {
      hint: "Enable it on its page, then run it.",
    });
  }
  const order = toOrder(plan, ctx, input.variables ?? {});
  if (plan.maxInProgress === 0) return executeRun(order);
  if (!(await takeLease(plan, order.runId))) return recordRefusal(order, tooManyInProgress(plan));
  try {
    return await executeRun(order);
  } finally {
    // It ends by itself at the run's deadline; the run is what counts.
    await giveBackLease(order.runId).catch((err) => getLog().warn({ err }, "a place in progress was not given back"));
  }
}

function toOrder(plan: TriggerPlan, ctx: Context, variables: Record<string, unknown>): RunOrder {
  if (!plan.request) throw soapUnusable();
  const runId = v7();
  const scope = { variables, run: { id: runId, startedAt: new Date().toISOString() } };
  return {
    runId,
    event: "on_demand",
    actor: ctx.actor.name,
    trigger: { id: plan.id, name: plan.name },
    node: plan.node,
    transport: plan.transport,
    request: buildRequest(plan.request, scope),
    maxExecutionMs: plan.maxExecutionMs,
  };
}
