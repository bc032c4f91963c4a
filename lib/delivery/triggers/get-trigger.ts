import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { isSoapRequest } from "#lib/delivery/requests/model.ts";
import { loadTransportPlan } from "#lib/delivery/transports/plan.ts";
import { findObjectVariables } from "#lib/delivery/wsdls/request-problems.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { TriggerDetail } from "./model.ts";
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
