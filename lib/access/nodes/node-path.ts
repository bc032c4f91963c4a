import { eq } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { cachesAreCurrent, onChanges } from "#lib/platform/db/changes.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";

type Cache = { paths: Map<string, string[]>; generation: number };

function getCache(): Cache {
  return singleton("nodePaths", () => {
    const cache: Cache = { paths: new Map(), generation: 0 };
    onChanges(() => {
      cache.paths.clear();
      cache.generation += 1;
    });
    return cache;
  });
}

/**
 * Ids from the root down to a node, for permission checks. From memory while the process follows changes
 * (`watchChanges`), else from the database.
 * @param tx the transaction that this is asked in, if any.
 * @throws AppError `not_found`
 */
export async function getNodePath(id: string, tx?: Transaction): Promise<string[]> {
  const cache = getCache();
  const known = cachesAreCurrent() ? cache.paths.get(id) : undefined;
  if (known) return known;
  const { generation } = cache;
  const db: Database | Transaction = tx ?? getDb();
  const [row] = await db.select({ path: nodes.path }).from(nodes).where(eq(nodes.id, id));
  if (!row) throw notFound("node", id);
  // What was read before a change must not be kept after it.
  if (generation === cache.generation) cache.paths.set(id, row.path);
  return row.path;
}
