import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { readVisible } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { ownerAddress } from "./messages/receivers.ts";

/**
 * Where the owner of a credential gets alerts, null when no address is known.
 * @throws AppError `forbidden`, `not_found`
 */
export async function readOwnerAddress(ctx: Context, credentialId: string): Promise<string | null> {
  await readVisible(getDb(), ctx, credentialId);
  const [row] = await getDb()
    .select({ address: ownerAddress })
    .from(credentials)
    .where(eq(credentials.id, credentialId));
  return row?.address ?? null;
}
