import type { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { readSealed } from "#lib/oauth/credential-edits/rebind.ts";
import type { CredentialConfiguration } from "#lib/oauth/credentials/model.ts";
import { credentialAad, rotationAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import type { OpenSlot } from "./store.ts";
import { bindingOf } from "./validate-staged.ts";

type Former = Pick<
  typeof credentialSecrets.$inferInsert,
  | "clientSecretEnvelope"
  | "clientSecretSetAt"
  | "privateKeyEnvelope"
  | "privateKeySetAt"
  | "certificate"
  | "secretExpiresOn"
>;

/**
 * The secrets in force that a slot is about to replace, sealed for `previous`.
 * @returns null when there are none; `unreadable` when their encryption key is lost, which must not keep another secret
 *   from taking their place.
 */
export async function sealFormer(
  tx: Transaction,
  before: CredentialConfiguration,
  slot: OpenSlot,
): Promise<Former | "unreadable" | null> {
  const sealed = await readSealed(tx, before.id);
  const boundTo = bindingOf(before);
  const move = (field: "clientSecret" | "privateKey") => {
    const envelope = slot[field] === undefined ? null : sealed[`${field}Envelope`];
    if (envelope === null) return null;
    const secret = openSecret(envelope, credentialAad(sealed, field));
    return sealSecret(secret, rotationAad(sealed, { slot: "previous", boundTo }, field));
  };
  const replacesPair = slot.privateKey !== undefined || slot.row.certificate !== null;
  try {
    const clientSecretEnvelope = move("clientSecret");
    const privateKeyEnvelope = move("privateKey");
    const certificate = replacesPair ? before.certificate : null;
    if (clientSecretEnvelope === null && privateKeyEnvelope === null && certificate === null) return null;
    return {
      clientSecretEnvelope,
      clientSecretSetAt: clientSecretEnvelope === null ? null : toDate(before.clientSecretSetAt),
      privateKeyEnvelope,
      privateKeySetAt: privateKeyEnvelope === null ? null : toDate(before.privateKeySetAt),
      certificate,
      secretExpiresOn: before.secretExpiresOn,
    };
  } catch (err) {
    if (!isAppError(err) || err.code !== "secret_unreadable") throw err;
    return "unreadable";
  }
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
