import { getDb } from "../db/client.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { loadTransportPlan } from "../transports/plan.ts";
import type { TriggerDetail } from "./model.ts";
import { isSoapRequest } from "./request-model.ts";
import { findObjectVariables } from "./soap-problems.ts";
import { findTrigger, toTriggerDetail } from "./store.ts";

/**
 * One trigger with its request and the variables that it asks for.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getTrigger(ctx: Context, id: string): Promise<TriggerDetail> {
  const found = await findTrigger(getDb(), id);
  requirePermission(ctx, "triggers.read", found.nodePath);
  const trigger = toTriggerDetail(found);
  if (!isSoapRequest(trigger.request)) return trigger;
  const { plan } = await loadTransportPlan(trigger.transportId);
  return { ...trigger, jsonVariables: plan.soap ? await findObjectVariables(plan, trigger.request) : [] };
}
