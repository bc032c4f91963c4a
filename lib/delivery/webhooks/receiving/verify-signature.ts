import { createHmac, timingSafeEqual } from "node:crypto";

/** How far the time of a message may be from now, in seconds. */
const toleranceSeconds = 5 * 60;

/** The headers of a signed message (Standard Webhooks, section Webhook Headers). */
export type SignatureHeaders = { id: string; timestamp: string; signature: string };

/**
 * Checks the signature of a message: HMAC-SHA256 of `id.timestamp.body`, base64, after `v1,`; several ones stand with spaces between.
 * @param body as it came, byte by byte. @param secrets that count. @param now in milliseconds since 1970.
 * @returns null when one of the signatures was made with one of the secrets, else what is wrong, for the log.
 */
export function findSignatureFault(
  { id, timestamp, signature }: SignatureHeaders,
  body: Buffer,
  secrets: readonly Buffer[],
  now: number,
): "malformed" | "out_of_time" | "wrong" | null {
  if (!/^[\x21-\x7e]{1,256}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return "malformed";
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const given = signature
    .split(" ")
    .slice(0, 10)
    .filter((each) => each.startsWith("v1,"))
    .map((each) => Buffer.from(each.slice("v1,".length), "base64"));
  const isRight = secrets.some((secret) => {
    const expected = createHmac("sha256", secret).update(signed).digest();
    return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
  if (!isRight) return "wrong";
  return Math.abs(now / 1000 - Number(timestamp)) <= toleranceSeconds ? null : "out_of_time";
}
