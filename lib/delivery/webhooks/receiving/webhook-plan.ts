import { eq, sql } from "drizzle-orm";
import { webhooks } from "#drizzle/schema/webhooks.ts";
import { readWebhookSecret } from "#lib/delivery/trigger-edits/webhook-secret.ts";
import { webhookAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { createChangeCache } from "#lib/platform/db/change-cache.ts";
import { getDb } from "#lib/platform/db/client.ts";

type WebhookPlan = Pick<
  typeof webhooks.$inferSelect,
  "triggerId" | "slug" | "secretEnvelope" | "previousSecretEnvelope" | "previousUntil"
>;

/** The webhook of a slug, null when there is none: from memory while the process follows changes. */
export const getWebhookPlan = createChangeCache("webhooks.plans", loadWebhookPlan);

async function loadWebhookPlan(slug: string): Promise<WebhookPlan | null> {
  const [found] = await getDb()
    .select({
      triggerId: webhooks.triggerId,
      slug: webhooks.slug,
      secretEnvelope: webhooks.secretEnvelope,
      previousSecretEnvelope: webhooks.previousSecretEnvelope,
      previousUntil: webhooks.previousUntil,
    })
    .from(webhooks)
    .where(eq(sql`lower(${webhooks.slug})`, slug.toLowerCase()));
  return found ?? null;
}

/** The secrets that count now, the present one first. @throws AppError `secret_unreadable` */
export function openWebhookSecrets(plan: WebhookPlan, now: number): Buffer[] {
  const { triggerId, secretEnvelope, previousSecretEnvelope, previousUntil } = plan;
  const secrets: Buffer[] = [];
  if (secretEnvelope) secrets.push(readWebhookSecret(openSecret(secretEnvelope, webhookAad(triggerId, "secret"))));
  if (previousSecretEnvelope && previousUntil && previousUntil.getTime() > now) {
    secrets.push(readWebhookSecret(openSecret(previousSecretEnvelope, webhookAad(triggerId, "previousSecret"))));
  }
  return secrets;
}
