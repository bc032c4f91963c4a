import { createHmac, randomBytes } from "node:crypto";

/** A 256-bit key and the id under which envelopes name it. */
export type EncryptionKey = { kid: string; key: Buffer };

/**
 * Reads `kid:base64` entries, separated by commas, spaces or lines; what follows a `#` on a line is a remark.
 * @returns the keys in their order, or what is wrong as the rest of a sentence, without a word of the text.
 */
export function parseKeyList(text: string): EncryptionKey[] | string {
  const parts = text
    .replace(/#.*$/gm, "")
    .split(/[\s,]+/)
    .filter((part) => part !== "");
  if (parts.length === 0) return "must be kid:base64,… with at least one key";
  const keys: EncryptionKey[] = [];
  for (const part of parts) {
    const [kid, base64, ...rest] = part.split(":");
    const key = Buffer.from(base64 ?? "", "base64");
    if (!kid || !isKeyId(kid) || rest.length > 0 || key.length !== 32) {
      return "each entry must be kid:base64 of 32 bytes (openssl rand -base64 32)";
    }
    if (keys.some((known) => known.kid === kid)) return `the key id ${kid} stands twice`;
    keys.push({ kid, key });
  }
  return keys;
}

/** Whether a text can be the id of a key: 1 to 32 letters, digits, `_` or `-`. */
export function isKeyId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,32}$/.test(text);
}

/** One line of a key list. */
export function formatKey({ kid, key }: EncryptionKey): string {
  return `${kid}:${key.toString("base64")}`;
}

/** A new random key. */
export function makeKey(kid: string): EncryptionKey {
  return { kid, key: randomBytes(32) };
}

/** The id for the next key: `k1`, `k2` … after the highest number there is. */
export function nextKeyId(keys: readonly EncryptionKey[]): string {
  const numbers = keys.map(({ kid }) => Number(/^k(\d{1,9})$/.exec(kid)?.[1] ?? 0));
  return `k${Math.max(0, ...numbers) + 1}`;
}

/** Tells two keys of the same id apart, without saying anything about the key: 8 hexadecimal digits. */
export function fingerprintOf({ key }: EncryptionKey): string {
  return createHmac("sha256", key).update("sallyport key fingerprint").digest("hex").slice(0, 8);
}
