import { createHash, randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";

/** RFC 6238 with what every authenticator app knows: SHA-1, 6 digits, 30 s. */
const periodSeconds = 30;
const settings = { algorithm: "SHA1", digits: 6, period: periodSeconds } as const;
/** Codes of the step before and after are taken too, for clocks that differ and people who type (RFC 6238 section 5.2). */
const stepsEitherSide = 1;

/** A new shared secret, base32: 160 bits, as long as SHA-1's output (RFC 4226 section 4). */
export function generateTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The `otpauth:` URI that authenticator apps read from a QR code. */
export function buildTotpUri(secret: string, username: string): string {
  return new TOTP({ ...settings, issuer: "Sallyport", label: username, secret: Secret.fromBase32(secret) }).toString();
}

/**
 * The time step that a code belongs to, null when it fits none near now.
 * @param code six digits; spaces are left out.
 */
export function findTotpStep(secret: string, code: string, now: Date): number | null {
  const token = code.replace(/\s/g, "");
  if (!/^\d{6}$/.test(token)) return null;
  const totp = new TOTP({ ...settings, secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token, timestamp: now.getTime(), window: stepsEitherSide });
  return delta === null ? null : Math.floor(now.getTime() / 1000 / periodSeconds) + delta;
}

const codeCount = 10;
/** No letters that look like digits (Crockford's base 32). */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** Ten codes for when the app is lost: 80 bits each, `xxxx-xxxx-xxxx-xxxx`. */
export function generateRecoveryCodes(): string[] {
  return Array.from({ length: codeCount }, () =>
    [...randomBytes(16)]
      .map((byte) => alphabet[byte & 31])
      .join("")
      .replace(/.{4}(?=.)/g, "$&-"),
  );
}

/** Whether a text is meant as a recovery code rather than one of the app. */
export function looksLikeRecoveryCode(text: string): boolean {
  return foldCode(text).length === 16;
}

/** What is stored of a recovery code, whatever its case, spaces and dashes, and with `o`, `i` and `l` read as digits. */
export function hashRecoveryCode(userId: string, code: string): string {
  return createHash("sha256")
    .update(`${userId}:${foldCode(code)}`)
    .digest("base64url");
}

function foldCode(text: string): string {
  return text.toLowerCase().replace(/[\s-]/g, "").replace(/o/g, "0").replace(/[il]/g, "1");
}
