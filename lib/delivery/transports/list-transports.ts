import { and, eq, or, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { endsAsWanted } from "./certificate-ends.ts";
import type { TransportSummary } from "./model.ts";
import { runwayOf } from "./runway.ts";
import { type TransportQuery, transportQuery } from "./schema.ts";
import { selectTransports, sortName, toTransportSummary } from "./store.ts";

/** The transports on the nodes that the caller may read, by name. */
export async function listTransports(ctx: Context, input: TransportQuery = {}): Promise<Page<TransportSummary>> {
  const query = transportQuery.parse(input);
  const keys = keyset(sortName, transports.id, query.sort === "name" ? "asc" : "desc", query.cursor);
  const where = and(
    isWithinNodes(nodes.path, allowedNodes(ctx.grants, "transports.read")),
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

const url = sql`coalesce(${transports.http}->>'url', ${transports.soap}->>'wsdlUrl', '')`;
