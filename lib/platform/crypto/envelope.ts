import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { EncryptionKey } from "#lib/platform/env/key-list.ts";
import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import { type Binding, getBindingStage } from "./binding.ts";
import { findKey, getKeys } from "./key-ring.ts";

/** Names the place of an envelope, or the place and the destination of the secret in it. */
export type Aad = string | Binding;

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D, 96-bit random IV) into `v1.kid.iv.ciphertext.tag`, base64url parts; `v2` if it's
 * bound to a destination.
 * @param aad what the envelope is bound to as additional authenticated data: table and row id, e.g.
 *   `credentials/018f….clientSecret`, and for a secret that is sent somewhere its destination. An envelope that was copied to
 *   another row or column, or whose row leads elsewhere, doesn't open.
 */
export function sealSecret(plaintext: string, aad: Aad, keys: readonly EncryptionKey[] = getKeys()): string {
  const first = keys[0];
  if (!first) throw new AppError("configuration_invalid", "SALLYPORT_ENCRYPTION_KEYS holds no key.");
  const version = typeof aad === "string" || getBindingStage() === "unbound" ? "v1" : "v2";
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", first.key, iv);
  cipher.setAAD(writeAad(aad, version));
  const ciphertext = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  return [version, first.kid, ...[iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString("base64url"))].join(
    ".",
  );
}

function writeAad(aad: Aad, version: "v1" | "v2"): Buffer {
  if (typeof aad === "string") return Buffer.from(aad);
  return Buffer.from(version === "v1" ? aad.place : `v2 ${aad.place} ${aad.destination}`);
}

/** The id of the key that an envelope was sealed with, null when it is no envelope. */
export function keyIdOf(envelope: string): string | null {
  return /^v[12]\.([^.]+)\./.exec(envelope)?.[1] ?? null;
}

/** Whether an envelope that should be bound to a destination is one from before destinations were bound. */
export function isUnbound(envelope: string, aad: Aad): boolean {
  return typeof aad !== "string" && envelope.startsWith("v1.");
}

/**
 * Opens an envelope.
 * @param keys those of this process if left out.
 * @throws AppError `secret_unreadable` when the key is not there, or the envelope or what it's bound to was changed.
 */
export function openSecret(envelope: string, aad: Aad, keys?: readonly EncryptionKey[]): string {
  const [version, kid, iv, ciphertext, tag, ...rest] = envelope.split(".");
  const place = typeof aad === "string" ? aad : aad.place;
  const isKnown = version === "v1" || (version === "v2" && typeof aad !== "string");
  if (!isKnown || !kid || !iv || ciphertext === undefined || !tag || rest.length > 0) {
    throw new AppError("secret_unreadable", `The stored secret of ${place} has an unknown form.`, {
      hint: "Enter the secret again.",
    });
  }
  const key = keys ? keys.find((known) => known.kid === kid) : findKey(kid);
  if (!key) {
    throw new AppError(
      "secret_unreadable",
      `The stored secret of ${place} needs the encryption key ${kid}, which is not configured.`,
      {
        hint: "Bring the key back (npm run keys -- list names what needs it), or enter the secret again.",
      },
    );
  }
  if (isUnbound(envelope, aad) && getBindingStage() === "bound") throw changedOutside();
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.key, Buffer.from(iv, "base64url"), { authTagLength: 16 });
    decipher.setAAD(writeAad(aad, version));
    decipher.setAuthTag(Buffer.from(tag, "base64url"));
    return Buffer.concat([decipher.update(Buffer.from(ciphertext, "base64url")), decipher.final()]).toString("utf8");
  } catch (cause) {
    if (version === "v2") throw changedOutside(cause);
    throw new AppError("secret_unreadable", `The stored secret of ${place} does not open with the key ${kid}.`, {
      hint: "The row was changed outside Sallyport, or the key is another one of the same name. Enter the secret again.",
      cause,
    });
  }
}

/** Explains that a row isn't the one that its secret was saved with. */
export function changedOutside(cause?: unknown): AppError {
  return new AppError(
    "secret_unreadable",
    "The configuration was changed outside Sallyport, so its secrets aren't used.",
    {
      hint: "Check that the URLs, proxy, trusted CA, and allowed hosts are right, then enter the secret again and save.",
      details: { changedOutside: true },
      cause,
    },
  );
}

/**
 * Binds a stored envelope to what it's bound to after an edit; the same envelope if that doesn't differ.
 * @returns null if it can't be opened.
 */
export function rebindSecret(envelope: string | null, before: Aad, after: Aad): string | null {
  if (envelope === null || JSON.stringify(before) === JSON.stringify(after)) return envelope;
  // The edit might also restore what it was bound to.
  for (const aad of [before, after]) {
    try {
      return sealSecret(openSecret(envelope, aad), after);
    } catch (err) {
      if (!isAppError(err) || err.code !== "secret_unreadable") throw err;
    }
  }
  return null;
}
