import type { Context } from "#lib/access/permissions/context.ts";
import { type Action, allowedNodes, isAllowed } from "#lib/access/permissions/permissions.ts";
import { getNodePath } from "./node-path.ts";

/**
 * Returns those of the nodes at which the caller can do something, for what lists offer.
 * @throws AppError `not_found`
 */
export async function findAllowedNodes(ctx: Context, action: Action, nodeIds: readonly string[]): Promise<Set<string>> {
  const ids = [...new Set(nodeIds)];
  const where = allowedNodes(ctx.grants, action);
  if (where === "all") return new Set(ids);
  if (where.length === 0) return new Set();
  const paths = await Promise.all(ids.map((id) => getNodePath(id)));
  return new Set(ids.filter((_, index) => isAllowed(ctx.grants, action, paths[index]!)));
}
