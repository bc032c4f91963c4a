import { randomBytes } from "node:crypto";

const prefix = "whsec_";

/** A signing secret as Standard Webhooks writes them: 32 random bytes, base64, after `whsec_`. */
export function makeWebhookSecret(): string {
  return prefix + randomBytes(32).toString("base64");
}

/** The bytes of a secret. */
export function readWebhookSecret(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), "base64");
}
