import { count } from "drizzle-orm";
import { credentialStates } from "#drizzle/schema/credential-states.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import { isVisible } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";

/**
 * How many credentials have which status; statuses that none has are left out.
 * @throws AppError `forbidden`
 */
export async function countCredentials(ctx: Context): Promise<Partial<Record<CredentialStatus, number>>> {
  requirePermission(ctx, "credentials.read");
  const rows = await getDb()
    .select({ status: credentialStates.status, count: count() })
    .from(credentialStates)
    .where(isVisible(ctx.grants, credentialStates.credentialId))
    .groupBy(credentialStates.status);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}
