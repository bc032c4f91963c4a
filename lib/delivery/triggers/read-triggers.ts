import { and, eq } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { isSoapRequest } from "#lib/delivery/requests/model.ts";
import { loadTransportPlan } from "#lib/delivery/transports/plan.ts";
import { findObjectVariables } from "#lib/delivery/wsdls/request-problems.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import type { TriggerDetail, TriggerSummary } from "./model.ts";
import { type TriggerQuery, triggerQuery } from "./schema.ts";
import { findTrigger, selectTriggers, sortName, toTriggerDetail, toTriggerSummary } from "./store.ts";

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

/** The triggers on the nodes that the caller may read, by name. */
export async function listTriggers(ctx: Context, input: TriggerQuery = {}): Promise<Page<TriggerSummary>> {
  const query = triggerQuery.parse(input);
  const keys = keyset(sortName, triggers.id, query.sort === "name" ? "asc" : "desc", query.cursor);
  const where = and(
    isWithinNodes(nodes.path, allowedNodes(ctx.grants, "triggers.read")),
    query.nodeId ? isWithinNodes(nodes.path, [query.nodeId]) : undefined,
    query.transportId ? eq(triggers.transportId, query.transportId) : undefined,
    query.credentialId ? eq(transports.credentialId, query.credentialId) : undefined,
    query.enabled === undefined ? undefined : eq(triggers.enabled, query.enabled),
    query.q ? containsText(triggers.name, query.q) : undefined,
    keys.where,
  );
  const rows = await selectTriggers(where, keys.orderBy, query.limit + 1);
  const page = toPage(rows, query.limit, ({ row, sortName: value }) => ({ value, id: row.id }));
  return { ...page, items: page.items.map(toTriggerSummary) };
}
