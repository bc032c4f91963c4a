import { eq, sql } from "drizzle-orm";
import { webhooks } from "#drizzle/schema/webhooks.ts";
import { readWebhookSecret } from "#lib/delivery/triggers/webhook-secret.ts";
import { webhookAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { cachesAreCurrent, onChanges } from "#lib/platform/db/changes.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";

type WebhookPlan = Pick<
  typeof webhooks.$inferSelect,
  "triggerId" | "slug" | "secretEnvelope" | "previousSecretEnvelope" | "previousUntil"
>;

function getPlans(): Map<string, Promise<WebhookPlan | null>> {
  return singleton("webhooks.plans", () => {
    const plans = new Map<string, Promise<WebhookPlan | null>>();
    onChanges(() => plans.clear());
    return plans;
  });
}

/** The webhook of a slug, null when there is none: from memory while the process follows changes. What is not there is not kept. */
export function getWebhookPlan(slug: string): Promise<WebhookPlan | null> {
  if (!cachesAreCurrent()) return loadWebhookPlan(slug);
  const plans = getPlans();
  const known = plans.get(slug);
  if (known) return known;
  const loading = loadWebhookPlan(slug);
  plans.set(slug, loading);
  const forget = () => {
    if (plans.get(slug) === loading) plans.delete(slug);
  };
  loading.then((plan) => plan ?? forget(), forget);
  return loading;
}

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
