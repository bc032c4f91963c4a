import { getEnv } from "#lib/env.ts";
import type { Context } from "#lib/identity/context.ts";
import { findNodeOptions } from "#lib/nodes/find-node-options.ts";

/** What the form needs besides the credential: the redirect URI to register, and the names of the nodes that it has chosen. */
export async function readFormSurroundings(ctx: Context, chosenNodes: string[]) {
  return {
    redirectUri: `${getEnv().url}/api/credentials/callback`,
    nodes: await findNodeOptions(ctx, { action: "nodes.read", include: chosenNodes }),
  };
}
