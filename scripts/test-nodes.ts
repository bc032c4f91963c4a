import { eq } from "drizzle-orm";
import { v7 } from "uuid";
import { nodes } from "#drizzle/schema/nodes.ts";
import { getDb } from "#lib/platform/db/client.ts";

/** A node for a test, under another one or at the root. Returns its id. */
export async function insertNode(name: string, parentId: string | null = null): Promise<string> {
  const id = v7();
  const above = parentId
    ? await getDb().select({ path: nodes.path }).from(nodes).where(eq(nodes.id, parentId))
    : [{ path: [] }];
  await getDb()
    .insert(nodes)
    .values({ id, name, parentId, path: [...above[0]!.path, id] });
  return id;
}
