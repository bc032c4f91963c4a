import { and, eq, isNotNull } from "drizzle-orm";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import {
  type CredentialDestination,
  hashCredentialDestination,
  rotationAad,
  sessionTokensAad,
} from "#lib/platform/crypto/aad.ts";
import { rebindSecret } from "#lib/platform/crypto/envelope.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { carryTokens } from "./carry-tokens.ts";
import { rebindSecrets } from "./saving/seal-secrets.ts";

/** Reads the row of a credential with its envelopes; the caller has locked it. */
export async function readSealed(tx: Transaction, id: string): Promise<typeof credentials.$inferSelect> {
  const [row] = await tx.select().from(credentials).where(eq(credentials.id, id));
  if (!row) throw new Error("a credential that was locked is gone");
  return row;
}

/**
 * Binds the staged and previous secret of a credential to where it leads after an edit. What they were entered for stays, so
 * they can't be used elsewhere. One that can't be opened stays as it is.
 */
export async function rebindSlots(
  tx: Transaction,
  before: CredentialDestination,
  after: CredentialDestination,
): Promise<void> {
  const slots = await tx.select().from(credentialSecrets).where(eq(credentialSecrets.credentialId, before.id));
  for (const slot of slots) {
    const rebind = (field: "clientSecret" | "privateKey") => {
      const envelope = slot[`${field}Envelope`];
      return rebindSecret(envelope, rotationAad(before, slot, field), rotationAad(after, slot, field)) ?? envelope;
    };
    await tx
      .update(credentialSecrets)
      .set({ clientSecretEnvelope: rebind("clientSecret"), privateKeyEnvelope: rebind("privateKey") })
      .where(and(eq(credentialSecrets.credentialId, slot.credentialId), eq(credentialSecrets.slot, slot.slot)));
  }
}

/** Binds the tokens of the sessions that were made with a credential to where it leads after an edit. */
export async function rebindSessions(
  tx: Transaction,
  before: CredentialDestination,
  after: CredentialDestination,
): Promise<void> {
  const [from, to] = [hashCredentialDestination(before), hashCredentialDestination(after)];
  if (from === to) return;
  const { id, tokensEnvelope } = sessions;
  const rows = await tx
    .select({ id, tokensEnvelope })
    .from(sessions)
    .where(and(eq(sessions.credentialId, before.id), isNotNull(tokensEnvelope)))
    .orderBy(id)
    .for("update");
  for (const row of rows) {
    const rebound = rebindSecret(row.tokensEnvelope, sessionTokensAad(row.id, from), sessionTokensAad(row.id, to));
    if (rebound) await tx.update(sessions).set({ tokensEnvelope: rebound }).where(eq(id, row.id));
  }
}

/**
 * Changes where a credential leads, with everything that is bound to it. Sallyport's own changes use this; edits by users go
 * through `updateCredential`. Secrets that can't be opened stay as they are, and unreadable.
 */
export async function changeDestination(
  tx: Transaction,
  id: string,
  changes: Partial<Omit<CredentialDestination, "id">>,
): Promise<void> {
  await tx.select({ id: credentials.id }).from(credentials).where(eq(credentials.id, id)).for("no key update");
  const before = await readSealed(tx, id);
  const after = { ...before, ...changes };
  const { columns } = rebindSecrets(before, after, {});
  await tx
    .update(credentials)
    .set({ ...columns, ...changes })
    .where(eq(credentials.id, id));
  await rebindSlots(tx, before, after);
  await rebindSessions(tx, before, after);
  await carryTokens(tx, { before, after }, before.version, before.version);
  await bumpChanges(tx);
}
