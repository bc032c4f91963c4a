import { cache } from "react";
import { listListedTree } from "#lib/oauth/sign-in/list-profiles.ts";
import type { ListedNode, Profile } from "#lib/oauth/sign-in/model.ts";
import { getRequestPath, getSignedIn } from "#lib/web/session.ts";

export type PublicTree = { nodes: ListedNode[]; profiles: Profile[] };

/**
 * What the first page shows to who is not signed in. Null for anybody else, on every other page, and when no node is listed: then the
 * sign-in page comes first.
 */
export const getPublicTree = cache(async (): Promise<PublicTree | null> => {
  const path = await getRequestPath();
  if (path.split("?")[0] !== "/" || (await getSignedIn())) return null;
  const tree = await listListedTree();
  return tree.nodes.length === 0 ? null : tree;
});
