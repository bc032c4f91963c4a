import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { NodeUse } from "./stored/model.ts";
import { findNodeUses } from "./stored/node-uses.ts";
import { findNode } from "./stored/store.ts";

/**
 * What keeps a node from being deleted, before anyone tries; triggers with when they are due.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getNodeUses(ctx: Context, id: string): Promise<NodeUse[]> {
  const node = await findNode(getDb(), id);
  requirePermission(ctx, "nodes.write", node.row.path);
  return findNodeUses(getDb(), id);
}
