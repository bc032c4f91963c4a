import { eq } from "drizzle-orm";
import { transports } from "#drizzle/schema/transports.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { findUses, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { readVisible } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";

/**
 * Reads one credential, without secrets, with the transports that use it: those that the reader can see, and how many are elsewhere.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getCredential(ctx: Context, id: string): Promise<CredentialDetail> {
  const row = await readVisible(getDb(), ctx, id);
  const [usedBy, all] = await Promise.all([
    findUses(getDb(), id, ctx.grants),
    getDb().$count(transports, eq(transports.credentialId, id)),
  ]);
  return { ...toConfiguration(row), usedBy, usedElsewhere: Math.max(0, all - usedBy.length) };
}
