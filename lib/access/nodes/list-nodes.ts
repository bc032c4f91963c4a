import { and, eq, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import type { NodeSummary } from "./definition.ts";
import { type NodeQuery, nodeQuery } from "./schema.ts";
import { selectNodes } from "./stored/store.ts";

const lowerName = sql`lower(${nodes.name})`;

/**
 * The nodes that the caller's grants cover, by name.
 * @throws AppError `forbidden`
 */
export async function listNodes(ctx: Context, input: NodeQuery = {}): Promise<Page<NodeSummary>> {
  requirePermission(ctx, "nodes.read");
  const query = nodeQuery.parse(input);
  const page = keyset(lowerName, nodes.id, query.sort === "name" ? "asc" : "desc", query.cursor);
  const where = and(
    isWithinNodes(nodes.path, allowedNodes(ctx.grants, "nodes.read")),
    query.parentId ? eq(nodes.parentId, query.parentId) : undefined,
    query.within ? isWithinNodes(nodes.path, [query.within]) : undefined,
    query.q ? containsText(nodes.name, query.q) : undefined,
    page.where,
  );
  const rows = await selectNodes(where, page.orderBy, query.limit + 1);
  return toPage(rows, query.limit, (row) => ({ value: row.name.toLowerCase(), id: row.id }));
}
