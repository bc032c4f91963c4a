import { and, eq } from "drizzle-orm";
import { tokens } from "#drizzle/schema/tokens.ts";
import { type CredentialDestination, tokenAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";

/**
 * Takes a credential's tokens along to its next version, after an edit that does not matter to them (name, owner, notes):
 * a provider that is down just now must not stop the runs. Tokens of other versions, and one that does not open, go.
 */
export async function carryTokens(
  tx: Transaction,
  { before, after }: Record<"before" | "after", CredentialDestination>,
  version: number,
  next: number,
): Promise<void> {
  const credentialId = before.id;
  const rows = await tx.delete(tokens).where(eq(tokens.credentialId, credentialId)).returning();
  for (const row of rows) {
    if (row.credentialVersion !== version || row.accessTokenEnvelope === null) continue;
    try {
      const token = openSecret(row.accessTokenEnvelope, tokenAad(before, row));
      const moved = { ...row, credentialVersion: next, leaseHolder: null, leaseUntil: null };
      const accessTokenEnvelope = sealSecret(token, tokenAad(after, moved));
      await tx.insert(tokens).values({ ...moved, accessTokenEnvelope });
    } catch (err) {
      if (!isAppError(err) || err.code !== "secret_unreadable") throw err;
    }
  }
}

/** Deletes all tokens of a credential. */
export async function deleteTokens(tx: Transaction, credentialId: string): Promise<void> {
  await tx.delete(tokens).where(and(eq(tokens.credentialId, credentialId)));
}
