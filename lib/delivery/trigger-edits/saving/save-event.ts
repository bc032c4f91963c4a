import { eq } from "drizzle-orm";
import { schedules } from "#drizzle/schema/schedules.ts";
import { webhooks } from "#drizzle/schema/webhooks.ts";
import { nextTimes } from "#lib/delivery/triggers/cron.ts";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import { webhookAad } from "#lib/platform/crypto/aad.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { makeWebhookSecret } from "../webhook-secret.ts";

type Saved = { id: string; enabled: boolean; event: TriggerEvent };

/**
 * Brings what stands beside a trigger into line with its event: when its schedule is due next, and the address and secret of its
 * webhook.
 * @param before null for a new trigger. A schedule that does not change keeps its next time.
 * @returns the secret that was made for a webhook that had none, to be shown once.
 */
export async function saveEvent(
  tx: Transaction,
  saved: Saved,
  before: Saved | null,
  now: Date,
): Promise<string | null> {
  const { id, event } = saved;
  if (event.kind !== "schedule") await tx.delete(schedules).where(eq(schedules.triggerId, id));
  else if (!before || findRhythm(before) !== findRhythm(saved)) await saveSchedule(tx, saved, now);
  if (event.kind === "webhook") return saveWebhook(tx, id, event, now);
  await tx.delete(webhooks).where(eq(webhooks.triggerId, id));
  return null;
}

/** What decides when a trigger is due. */
function findRhythm({ enabled, event }: Saved): string {
  return event.kind === "schedule" ? JSON.stringify([enabled, event.paused, event.cron, event.timezone]) : "";
}

async function saveSchedule(tx: Transaction, { id, enabled, event }: Saved, now: Date): Promise<void> {
  if (event.kind !== "schedule") return;
  const [next] = enabled && !event.paused ? nextTimes(event, now, 1) : [];
  const state = { nextDueAt: next ?? null, missed: 0, missedUntil: null };
  await tx
    .insert(schedules)
    .values({ triggerId: id, ...state })
    .onConflictDoUpdate({ target: schedules.triggerId, set: state });
}

type WebhookEvent = Extract<TriggerEvent, { kind: "webhook" }>;

async function saveWebhook(tx: Transaction, id: string, event: WebhookEvent, now: Date): Promise<string | null> {
  const { slug, authentication } = event;
  const [known] = await tx.select().from(webhooks).where(eq(webhooks.triggerId, id)).for("update");
  const needsSecret = authentication === "signature" && !known?.secretEnvelope;
  const secret = needsSecret ? makeWebhookSecret() : null;
  const noSecrets = { secretEnvelope: null, secretSetAt: null, previousSecretEnvelope: null, previousUntil: null };
  const set = {
    slug,
    ...(authentication === "api_key" && noSecrets),
    ...(secret && { secretEnvelope: sealSecret(secret, webhookAad(id, "secret")), secretSetAt: now }),
  };
  await tx
    .insert(webhooks)
    .values({ triggerId: id, ...set })
    .onConflictDoUpdate({ target: webhooks.triggerId, set });
  return secret;
}
