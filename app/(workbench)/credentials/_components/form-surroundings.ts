import { findNodeOptions } from "#lib/access/nodes/find-node-options.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { getEnv } from "#lib/platform/env/env.ts";

/** What the form needs besides the credential: the redirect URI to register, and the names of the nodes that it has chosen. */
export async function readFormSurroundings(ctx: Context, chosenNodes: string[]) {
  return {
    redirectUri: `${getEnv().url}/api/credentials/callback`,
    nodes: await findNodeOptions(ctx, { action: "nodes.read", include: chosenNodes }),
  };
}
