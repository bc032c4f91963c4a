import { and, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { type Action, allowedNodes } from "#lib/access/permissions/permissions.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { selectNodes } from "./stored/store.ts";

/** A node to pick, with the way to it: `Plant 7 / Line 2`. */
export type NodeOption = { id: string; label: string };

/** How many are offered; more are found by typing. */
export const optionLimit = 50;

/**
 * Nodes on which the caller may do something, for a field that picks one; shallow ones first.
 * @param q part of the name or of the way to it; empty = all.
 * @param include ids that are offered as well, such as the one that is chosen now.
 */
export async function findNodeOptions(
  ctx: Context,
  { action, q = "", include = [] }: { action: Action; q?: string; include?: string[] },
): Promise<NodeOption[]> {
  const lastWord = q.split("/").at(-1)?.trim() ?? "";
  const where = and(
    isWithinNodes(nodes.path, allowedNodes(ctx.grants, action)),
    sql`(${lastWord === "" ? sql`true` : containsText(nodes.name, lastWord)} or ${nodes.id} = any(${sql.param(include)}::uuid[]))`,
  );
  const rows = await selectNodes(
    where,
    [
      sql`${nodes.id} = any(${sql.param(include)}::uuid[]) desc`,
      sql`cardinality(${nodes.path})`,
      sql`lower(${nodes.name})`,
      sql`${nodes.id}`,
    ],
    optionLimit,
  );
  return rows.map((row) => ({ id: row.id, label: [...row.trail.map((step) => step.name), row.name].join(" / ") }));
}
