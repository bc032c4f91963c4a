import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { schedules } from "#drizzle/schema/schedules.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { endsAsWanted } from "./certificate-ends.ts";
import type { TouchedTriggers, TransportDetail, TransportSummary } from "./model.ts";
import { type TransportQuery, transportQuery } from "./schema.ts";
import {
  findTransport,
  findTransportUses,
  runwayOf,
  selectTransports,
  sortName,
  toTransportDetail,
  toTransportSummary,
} from "./store.ts";

/**
 * One transport and the triggers that use it.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getTransport(ctx: Context, id: string): Promise<TransportDetail> {
  const found = await findTransport(getDb(), id);
  requirePermission(ctx, "transports.read", found.nodePath);
  return toTransportDetail(found, await findTransportUses(getDb(), id, ctx.grants));
}

const url = sql`coalesce(${transports.http}->>'url', ${transports.soap}->>'wsdlUrl', '')`;

/**
 * Lists the transports that the caller can read, by name.
 * @param action what the caller can do with them besides.
 */
export async function listTransports(
  ctx: Context,
  input: TransportQuery = {},
  action: "transports.read" | "transports.test" = "transports.read",
): Promise<Page<TransportSummary>> {
  const query = transportQuery.parse(input);
  const keys = keyset(sortName, transports.id, query.sort === "name" ? "asc" : "desc", query.cursor);
  const where = and(
    isWithinNodes(nodes.path, allowedNodes(ctx.grants, action)),
    query.nodeId ? isWithinNodes(nodes.path, [query.nodeId]) : undefined,
    query.type ? eq(transports.type, query.type) : undefined,
    query.credentialId ? eq(transports.credentialId, query.credentialId) : undefined,
    query.runway ? sql`${runwayOf(new Date())} = ${query.runway}` : undefined,
    query.certificateEnds ? endsAsWanted(query.certificateEnds, new Date()) : undefined,
    query.q ? or(containsText(transports.name, query.q), containsText(url, query.q)) : undefined,
    keys.where,
  );
  const rows = await selectTransports(where, keys.orderBy, query.limit + 1);
  const page = toPage(rows, query.limit, ({ row, sortName: value }) => ({ value, id: row.id }));
  return { ...page, items: page.items.map(toTransportSummary) };
}

/** More would be no reading, and the count tells of the rest. */
const shown = 500;

/**
 * What a change of a transport touches: the triggers that send through it and when they are due, the soonest first. The list
 * holds what the reader may see, the count all.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getTouchedTriggers(ctx: Context, id: string): Promise<TouchedTriggers> {
  const found = await findTransport(getDb(), id);
  requirePermission(ctx, "transports.read", found.nodePath);
  const where = eq(triggers.transportId, id);
  const [rows, count] = await Promise.all([
    getDb()
      .select({
        id: triggers.id,
        name: triggers.name,
        enabled: triggers.enabled,
        event: sql<TouchedTriggers["triggers"][number]["event"]>`${triggers.event}->>'kind'`,
        nodeId: nodes.id,
        nodeName: nodes.name,
        nextDueAt: schedules.nextDueAt,
      })
      .from(triggers)
      .innerJoin(nodes, eq(nodes.id, triggers.nodeId))
      .leftJoin(schedules, eq(schedules.triggerId, triggers.id))
      .where(and(where, isWithinNodes(nodes.path, allowedNodes(ctx.grants, "triggers.read"))))
      .orderBy(...soonestFirst)
      .limit(shown),
    getDb().$count(triggers, where),
  ]);
  return { count, triggers: rows.map((row) => ({ ...row, nextDueAt: row.nextDueAt?.toISOString() ?? null })) };
}

const soonestFirst: SQL[] = [
  sql`${schedules.nextDueAt} asc nulls last`,
  sql`lower(${triggers.name})`,
  sql`${triggers.id}`,
];
