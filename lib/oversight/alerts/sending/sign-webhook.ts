import { createHmac } from "node:crypto";

/**
 * Headers of a webhook as Standard Webhooks has them ("Verifying webhooks", symmetric signatures): an id that stays the same
 * when the message is sent again, the time, and `v1,` + HMAC-SHA256 over `id.timestamp.body`.
 * @param secret `whsec_` + base64, or any other text, whose bytes are the key.
 */
export function signWebhook(secret: string, id: string, body: string, now: Date): [string, string][] {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret, "utf8");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return [
    ["webhook-id", id],
    ["webhook-timestamp", timestamp],
    ["webhook-signature", `v1,${signature}`],
  ];
}
