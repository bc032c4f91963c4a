import { and, eq, or, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { type ActorGrant, allowedNodes } from "#lib/access/permissions/permissions.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { type CredentialRow, publicColumns, type Reader } from "./store.ts";

/**
 * Condition: a transport in the nodes uses the credential, or it's offered for signing in there.
 * @param id column of the credential's ID.
 * @param visible nodes that the reader can see: uses in other nodes don't count.
 */
export function isAtNodes(
  nodeIds: readonly string[],
  visible: "all" | readonly string[] = "all",
  id: SQLWrapper = credentials.id,
): SQL {
  const within = and(isWithinNodes(nodes.path, nodeIds), isWithinNodes(nodes.path, visible))!;
  // Of all credentials only those of people are offered somewhere, and they are few.
  return sql`${id} in (
    select ${transports.credentialId} from ${transports} join ${nodes} on ${nodes.id} = ${transports.nodeId} where ${within}
    union
    select profile.id from ${credentials} profile
    where profile.type = 'user' and profile.offered_at && array(select ${nodes.id} from ${nodes} where ${within}))`;
}

/** Condition: the reader can see the credential. Leads of nodes see those that transports or triggers use, or people are offered, in their nodes. */
export function isVisible(grants: readonly ActorGrant[], id: SQLWrapper = credentials.id): SQL | undefined {
  const where = allowedNodes(grants, "credentials.read");
  if (where === "all") return undefined;
  return or(
    isAtNodes(where, "all", id),
    sql`${id} in (
      select ${transports.credentialId} from ${triggers} join ${transports} on ${transports.id} = ${triggers.transportId}
      join ${nodes} on ${nodes.id} = ${triggers.nodeId} where ${isWithinNodes(nodes.path, where)})`,
  );
}

/**
 * Reads a credential that the reader can see.
 * @throws AppError `forbidden`; `not_found`, also if the reader can't see it
 */
export async function readVisible(reader: Reader, ctx: Context, id: string): Promise<CredentialRow> {
  requirePermission(ctx, "credentials.read");
  const [row] = await reader
    .select(publicColumns)
    .from(credentials)
    .where(and(eq(credentials.id, id), isVisible(ctx.grants)));
  if (!row) throw notFound("credential", id);
  return row;
}
