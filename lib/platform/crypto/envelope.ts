import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { EncryptionKey } from "#lib/platform/env/key-list.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { findKey, getKeys } from "./key-ring.ts";

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D, 96-bit random IV) into `v1.kid.iv.ciphertext.tag`, base64url parts.
 * @param aad what the envelope is bound to as additional authenticated data: table and row id, e.g.
 *   `credentials/018f….clientSecret`. An envelope copied to another row or column does not open.
 */
export function sealSecret(plaintext: string, aad: string, keys: readonly EncryptionKey[] = getKeys()): string {
  const first = keys[0];
  if (!first) throw new AppError("configuration_invalid", "SALLYPORT_ENCRYPTION_KEYS holds no key.");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", first.key, iv);
  cipher.setAAD(Buffer.from(aad));
  const ciphertext = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  return ["v1", first.kid, ...[iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString("base64url"))].join(
    ".",
  );
}

/** The id of the key that an envelope was sealed with, null when it is no envelope. */
export function keyIdOf(envelope: string): string | null {
  return /^v1\.([^.]+)\./.exec(envelope)?.[1] ?? null;
}

/**
 * Opens an envelope.
 * @param keys those of this process if left out.
 * @throws AppError `secret_unreadable` when the key is not there, or the envelope was changed or moved.
 */
export function openSecret(envelope: string, aad: string, keys?: readonly EncryptionKey[]): string {
  const [version, kid, iv, ciphertext, tag, ...rest] = envelope.split(".");
  if (version !== "v1" || !kid || !iv || ciphertext === undefined || !tag || rest.length > 0) {
    throw new AppError("secret_unreadable", `The stored secret of ${aad} has an unknown form.`, {
      hint: "Enter the secret again.",
    });
  }
  const key = keys ? keys.find((known) => known.kid === kid) : findKey(kid);
  if (!key) {
    throw new AppError(
      "secret_unreadable",
      `The stored secret of ${aad} needs the encryption key ${kid}, which is not configured.`,
      {
        hint: "Bring the key back (npm run keys -- list names what needs it), or enter the secret again.",
      },
    );
  }
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.key, Buffer.from(iv, "base64url"), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(aad));
    decipher.setAuthTag(Buffer.from(tag, "base64url"));
    return Buffer.concat([decipher.update(Buffer.from(ciphertext, "base64url")), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new AppError("secret_unreadable", `The stored secret of ${aad} does not open with the key ${kid}.`, {
      hint: "The row was changed outside Sallyport, or the key is another one of the same name. Enter the secret again.",
      cause,
    });
  }
}
