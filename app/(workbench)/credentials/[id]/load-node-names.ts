import { findNodeOptions } from "#lib/access/nodes/find-node-options.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { NodeChoice } from "../_components/offered-at-field.tsx";

/** The ways to some nodes; those that the reader may not know are left out. */
export async function loadNodeNames(ctx: Context, ids: string[]): Promise<NodeChoice[]> {
  if (ids.length === 0) return [];
  const found = await findNodeOptions(ctx, { action: "nodes.read", include: ids });
  return found.filter(({ id }) => ids.includes(id));
}
