import { v7 } from "uuid";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { requireSignIn } from "#lib/delivery/runs/authorization.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { getTriggerPlan } from "./plan.ts";
import { requireEnabled, startRun } from "./queue/start-run.ts";
import type { RunTriggerInput } from "./schema.ts";

/**
 * Fires a trigger on demand and returns the finished run, whether it succeeded or not; one that has to wait for a place comes back
 * with the status `queued`.
 * @param input values of the variables that the request names, parsed by `runTriggerInput`.
 * @throws AppError before a run is made: `not_found`, `forbidden`, `trigger_disabled`, `profile_sign_in_required`, `transport_unusable`, `invalid_input` at
 *   `variables.NAME`, `template_invalid`; `database_unavailable` when it could not be recorded
 */
export async function fireTrigger(ctx: Context, id: string, input: RunTriggerInput = {}): Promise<Run> {
  const plan = await getTriggerPlan(id);
  requirePermission(ctx, "triggers.run", plan.node.path);
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
