import { asc, eq, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { isAtNodes } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { AppError, notFound } from "#lib/platform/errors/app-error.ts";
import type { Scope } from "./model.ts";

/**
 * Where somebody's dashboard looks. Without a node: everywhere, or the first of the person's own nodes, by name.
 * @throws AppError `forbidden`, `not_found`
 */
export async function resolveScope(ctx: Context, nodeId: string | undefined): Promise<Scope & { path: string[] }> {
  const allowed = allowedNodes(ctx.grants, "dashboard.read");
  if (nodeId === undefined && allowed === "all") return { nodeId: null, nodeName: "All nodes", path: [] };
  const where = nodeId === undefined ? isWithinNodes(nodes.path, allowed) : eq(nodes.id, nodeId);
  const [node] = await getDb()
    .select({ id: nodes.id, name: nodes.name, path: nodes.path })
    .from(nodes)
    .where(where)
    .orderBy(asc(sql`cardinality(${nodes.path})`), asc(sql`lower(${nodes.name})`))
    .limit(1);
  if (!node && nodeId !== undefined) throw notFound("node", nodeId);
  if (!node) throw new AppError("forbidden", `${ctx.actor.name} may not do this (dashboard.read).`);
  requirePermission(ctx, "dashboard.read", node.path);
  return { nodeId: node.id, nodeName: node.name, path: node.path };
}

/** Condition: a path of nodes passes through the scope's node. */
export function isInScope(path: SQL, { nodeId }: Scope): SQL {
  return nodeId === null ? sql`true` : isWithinNodes(path, [nodeId])!;
}

/** Condition: a credential of the scope, as its list shows them. @param id column of the credential's id. */
export function isOfScope({ nodeId }: Scope, id: SQLWrapper): SQL {
  return nodeId === null ? sql`true` : isAtNodes([nodeId], "all", id);
}
