import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { NodeDetail } from "./definition.ts";
import { findNode, toNodeDetail } from "./stored/store.ts";

/**
 * One node that the caller's grants cover.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getNode(ctx: Context, id: string): Promise<NodeDetail> {
  requirePermission(ctx, "nodes.read");
  const node = toNodeDetail(await findNode(getDb(), id));
  requireInReach(ctx, node.path);
  return node;
}

/** A grant somewhere is enough for `nodes.read` as such; this asks that it holds for the node itself. */
function requireInReach(ctx: Context, path: string[]): void {
  const reach = allowedNodes(ctx.grants, "nodes.read");
  if (reach === "all" || path.some((id) => reach.includes(id))) return;
  throw new AppError("forbidden", `${ctx.actor.name} may not see this node.`, {
    hint: "Ask an admin for a role on it or above it.",
  });
}
