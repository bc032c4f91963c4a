import { and, arrayOverlaps, eq, or, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { ListedNode, Profile } from "./model.ts";

/**
 * The credential profiles that may be signed in with, by name. Public: asked before anyone is signed in, so it tells ids
 * and names only.
 * @param nodeId only those offered at this node (on it or above it); null = all.
 */
export async function listProfiles(nodeId: string | null = null): Promise<Profile[]> {
  const path = nodeId === null ? null : await findPath(nodeId);
  if (nodeId !== null && path === null) return [];
  const offered =
    path === null
      ? undefined
      : or(eq(sql`cardinality(${credentials.offeredAt})`, 0), arrayOverlaps(credentials.offeredAt, path));
  const rows = await getDb()
    .select({ id: credentials.id, name: credentials.name, offeredAt: credentials.offeredAt })
    .from(credentials)
    .where(and(eq(credentials.type, "user"), eq(credentials.enabled, true), offered))
    .orderBy(sql`lower(${credentials.name})`, credentials.id);
  return rows.map(({ offeredAt, ...row }) => ({ ...row, nodeIds: offeredAt.length === 0 ? null : offeredAt }));
}

async function findPath(nodeId: string): Promise<string[] | null> {
  const [node] = await getDb().select({ path: nodes.path }).from(nodes).where(eq(nodes.id, nodeId));
  return node?.path ?? null;
}

/**
 * What is shown before anyone has signed in: the listed nodes by name, and the profiles with the listed nodes at which each
 * is offered. Public: what is not listed is not told, so a node's parent is the nearest listed one above it.
 */
export async function listListedTree(): Promise<{ nodes: ListedNode[]; profiles: Profile[] }> {
  const [rows, profiles] = await Promise.all([
    getDb()
      .select({ id: nodes.id, name: nodes.name, path: nodes.path })
      .from(nodes)
      .where(eq(nodes.listed, true))
      .orderBy(sql`lower(${nodes.name})`, nodes.id),
    listProfiles(),
  ]);
  const listed = new Set(rows.map(({ id }) => id));
  return {
    nodes: rows.map(({ id, name, path }) => ({
      id,
      name,
      parentId: path.slice(0, -1).findLast((above) => listed.has(above)) ?? null,
    })),
    profiles: profiles.map(({ nodeIds, ...profile }) => ({
      ...profile,
      nodeIds: nodeIds && rows.filter(({ path }) => path.some((id) => nodeIds.includes(id))).map(({ id }) => id),
    })),
  };
}
