import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { getRequired } from "#lib/platform/env/env.ts";

/** How long a browser counts as one that signed in before. */
export const knownBrowserSeconds = 180 * 24 * 3600;

/** Names the cookie that says that an account signed in before in this browser. Each account has a separate one. */
export function nameKnownBrowser(userId: string): string {
  return `sallyport-known-${createHash("sha256").update(userId).digest("hex").slice(0, 16)}`;
}

/** Makes the value of that cookie: a random ID of the browser, signed for the account. */
export function createKnownBrowser(userId: string): string {
  const id = randomBytes(16).toString("base64url");
  return `${id}.${sign(id, userId)}`;
}

/** Reads the browser's ID from that cookie; null if Sallyport didn't make it for this account. */
export function readKnownBrowser(value: string | undefined, userId: string): string | null {
  const [id = "", signature = "", ...more] = (value ?? "").split(".");
  if (!/^[\w-]{22}$/.test(id) || more.length > 0) return null;
  const [expected, given] = [Buffer.from(sign(id, userId)), Buffer.from(signature)];
  return expected.length === given.length && timingSafeEqual(expected, given) ? id : null;
}

function sign(id: string, userId: string): string {
  return createHmac("sha256", getRequired("NEXTAUTH_SECRET"))
    .update(`known browser/${id}/${userId}`)
    .digest("base64url");
}
