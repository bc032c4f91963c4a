import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import type { TreeRows } from "./branches.ts";

/**
 * The tree as the caller may see it: the nodes that grants cover with the transports and triggers on them, and for
 * context the names of the nodes above (`isContext`). Three queries at once.
 * @throws AppError `forbidden`
 */
export async function listTree(ctx: Context): Promise<TreeRows> {
  requirePermission(ctx, "nodes.read");
  const db = getDb();
  const reach = allowedNodes(ctx.grants, "nodes.read");
  const covered = isWithinNodes(nodes.path, reach);
  const [nodeRows, transportRows, triggerRows] = await Promise.all([
    db
      .select({
        id: nodes.id,
        parentId: nodes.parentId,
        name: nodes.name,
        version: nodes.version,
        isContext: covered ? sql<boolean>`not (${covered})` : sql<boolean>`false`,
      })
      .from(nodes)
      .where(covered && or(covered, isAbove(reach))),
    db
      .select({
        id: transports.id,
        nodeId: transports.nodeId,
        name: transports.name,
        version: transports.version,
        type: transports.type,
      })
      .from(transports)
      .innerJoin(nodes, eq(nodes.id, transports.nodeId))
      .where(and(isWithinNodes(nodes.path, allowedNodes(ctx.grants, "transports.read")))),
    db
      .select({
        id: triggers.id,
        nodeId: triggers.nodeId,
        name: triggers.name,
        version: triggers.version,
        type: sql<string>`${triggers.event}->>'kind'`,
        enabled: triggers.enabled,
      })
      .from(triggers)
      .innerJoin(nodes, eq(nodes.id, triggers.nodeId))
      .where(and(isWithinNodes(nodes.path, allowedNodes(ctx.grants, "triggers.read")))),
  ]);
  return { nodes: nodeRows, transports: transportRows, triggers: triggerRows };
}

function isAbove(reach: "all" | readonly string[]): SQL | undefined {
  if (reach === "all" || reach.length === 0) return undefined;
  return sql`${nodes.id} in (select unnest(granted.path) from ${nodes} granted where granted.id = any(${sql.param(reach)}::uuid[]))`;
}
