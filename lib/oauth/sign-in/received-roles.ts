import { and, desc, eq, gte, sql } from "drizzle-orm";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { lowestIdAt } from "#lib/platform/db/uuid-time.ts";

const receivedWithinMs = 7 * 24 * 60 * 60_000;
const maxEvents = 20;
const maxValues = 20;

/**
 * Lists values of the roles claim that a User credential gives no role for: those that users were refused with in the last
 * seven days, and those of mapping tests. The latest come first.
 * @throws AppError `forbidden`
 */
export async function listReceivedRoles(
  ctx: Context,
  credential: Pick<Extract<CredentialDetail, { type: "user" }>, "id" | "roleMapping">,
  now = new Date(),
): Promise<string[]> {
  requirePermission(ctx, "credentials.write");
  const { id, credentialId, kind, details } = credentialEvents;
  const rows = await getDb()
    .select({ values: sql<string[]>`${details} -> 'unmappedRoles'` })
    .from(credentialEvents)
    .where(
      and(
        eq(credentialId, credential.id),
        gte(id, lowestIdAt(now.getTime() - receivedWithinMs)),
        eq(kind, "sign_in"),
        sql`${details} -> 'unmappedRoles' is not null`,
      ),
    )
    .orderBy(desc(id))
    .limit(maxEvents);
  const mapped = new Set(credential.roleMapping.map(({ claimValue }) => claimValue));
  const received = new Set(rows.flatMap(({ values }) => values));
  return [...received].filter((value) => !mapped.has(value)).slice(0, maxValues);
}
