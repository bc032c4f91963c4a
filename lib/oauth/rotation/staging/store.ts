import { and, eq, getTableColumns } from "drizzle-orm";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import type { SecretSlot } from "#lib/oauth/credentials/rotation-model.ts";
import type { Reader } from "#lib/oauth/credentials/store.ts";
import { type CredentialDestination, rotationAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import type { Transaction } from "#lib/platform/db/client.ts";

// A credential has up to three secrets, each a client secret, a private key with its certificate, or both:
//
//   current    in the row of the credential; all requests use it
//   staged     slot: the next one, with the result of its test: none, passed, failed, or outdated by a later edit
//   previous   slot: what was current before, to roll back to
//
//   stage        (none) → staged                          refused while one is staged
//   test         staged → staged, with the result
//   promote      staged → current, current → previous     refused without a passed test, unless `untested` says so
//   roll back    previous → current, current → previous
//   discard      staged → (none)
//   forget       previous → (none)
//
// Promoting and rolling back replace an earlier `previous`. A slot whose secret doesn't match the credential's endpoint or client
// authentication any more can only be deleted (validate-staged.ts).

const { clientSecretEnvelope, privateKeyEnvelope, ...unsealedColumns } = getTableColumns(credentialSecrets);
/** All columns of a slot but the sealed ones. */
export const openColumns = unsealedColumns;

/** What a slot holds, without the sealed columns. */
export type SlotRow = Omit<typeof credentialSecrets.$inferSelect, "clientSecretEnvelope" | "privateKeyEnvelope">;

const rowOf = (credentialId: string, slot: SecretSlot) =>
  and(eq(credentialSecrets.credentialId, credentialId), eq(credentialSecrets.slot, slot));

/** Reads a slot; null when it is empty. */
export async function findSlot(reader: Reader, credentialId: string, slot: SecretSlot): Promise<SlotRow | null> {
  const [row] = await reader.select(openColumns).from(credentialSecrets).where(rowOf(credentialId, slot));
  return row ?? null;
}

/** A slot with its secrets opened, undefined for what it does not hold. */
export type OpenSlot = { row: SlotRow; clientSecret: string | undefined; privateKey: string | undefined };

/**
 * Opens the secrets of a slot, for a test of them and for putting them in force.
 * @returns null when it is empty.
 * @throws AppError `secret_unreadable`
 */
export async function openSlot(
  reader: Reader,
  credential: CredentialDestination,
  slot: SecretSlot,
): Promise<OpenSlot | null> {
  const [whole] = await reader.select().from(credentialSecrets).where(rowOf(credential.id, slot));
  if (!whole) return null;
  const { clientSecretEnvelope, privateKeyEnvelope, ...row } = whole;
  const open = (envelope: string | null, field: "clientSecret" | "privateKey") =>
    envelope === null ? undefined : openSecret(envelope, rotationAad(credential, row, field));
  return {
    row,
    clientSecret: open(clientSecretEnvelope, "clientSecret"),
    privateKey: open(privateKeyEnvelope, "privateKey"),
  };
}

/** Empties a slot. */
export async function clearSlot(tx: Transaction, credentialId: string, slot: SecretSlot): Promise<void> {
  await tx.delete(credentialSecrets).where(rowOf(credentialId, slot));
}
