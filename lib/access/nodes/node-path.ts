import { eq } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { createChangeCache } from "#lib/platform/db/change-cache.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";

const getPath = createChangeCache("nodePaths", (id) => readPath(id, getDb()));

/**
 * Ids from the root down to a node, for permission checks. From memory while the process follows changes
 * (`watchChanges`), else from the database.
 * @param tx the transaction that this is asked in, if any: it's always read there, since it may have changed the node.
 * @throws AppError `not_found`
 */
export async function getNodePath(id: string, tx?: Transaction): Promise<string[]> {
  return tx ? readPath(id, tx) : getPath(id);
}

async function readPath(id: string, db: Database | Transaction): Promise<string[]> {
  const [row] = await db.select({ path: nodes.path }).from(nodes).where(eq(nodes.id, id));
  if (!row) throw notFound("node", id);
  return row.path;
}
