import { and, eq, isNotNull } from "drizzle-orm";
import { tokens } from "#drizzle/schema/tokens.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { readVisible } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";

/**
 * How long the token lived that a credential got last, in seconds; null when there is none in hand.
 * @throws AppError `forbidden`, `not_found`
 */
export async function readTokenLifetime(ctx: Context, credentialId: string): Promise<number | null> {
  await readVisible(getDb(), ctx, credentialId);
  const [row] = await getDb()
    .select({ acquiredAt: tokens.acquiredAt, expiresAt: tokens.expiresAt })
    .from(tokens)
    .where(and(eq(tokens.credentialId, credentialId), isNotNull(tokens.expiresAt)))
    .limit(1);
  if (!row?.acquiredAt || !row.expiresAt) return null;
  return Math.round((row.expiresAt.getTime() - row.acquiredAt.getTime()) / 1000);
}
