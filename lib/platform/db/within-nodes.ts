import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/**
 * Condition: a path of nodes passes through one of the given nodes, that is, the row is on one of them or under it.
 * @param path column of ids from the root down.
 * @param nodeIds from `allowedNodes`; `all` sets no condition, none lets nothing through.
 */
export function isWithinNodes(path: SQLWrapper, nodeIds: "all" | readonly string[]): SQL | undefined {
  if (nodeIds === "all") return undefined;
  if (nodeIds.length === 0) return sql`false`;
  return sql`${path} && ${sql.param(nodeIds)}::uuid[]`;
}
