import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { z } from "zod";
import { webhooks } from "#drizzle/schema/webhooks.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { findTransport } from "#lib/delivery/transports/store.ts";
import { requireComposing } from "#lib/delivery/triggers/may-run.ts";
import { findTrigger } from "#lib/delivery/triggers/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { webhookAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

const hourMs = 3_600_000;

/** For how long the secret before counts too, so that senders can change to the new one. */
export const rotateInput = z.object({
  overlapHours: z
    .number("Enter a number of hours.")
    .int("Enter a whole number.")
    .min(0)
    .max(24 * 14)
    .default(24),
});
export type RotateInput = z.input<typeof rotateInput>;

/** A secret that was made just now; it is never shown again. */
export type RotatedSecret = { secret: string; secretSetAt: string; previousSecretUntil: string | null };

/**
 * Makes a new signing secret for a webhook. Its holder fires the trigger, so the caller must be able to save it.
 * @throws AppError `not_found`, `forbidden`, `conflict` when the trigger has no webhook that is signed
 */
export async function rotateWebhookSecret(
  ctx: Context,
  id: string,
  input: RotateInput = {},
  now = new Date(),
): Promise<RotatedSecret> {
  const { overlapHours } = rotateInput.parse(input);
  return inTransaction(async (tx) => {
    const found = await findTrigger(tx, id, true);
    requirePermission(ctx, "triggers.write", found.nodePath);
    requireComposing(ctx, (await findTransport(tx, found.row.transportId)).nodePath);
    const { event } = found.row;
    if (event.kind !== "webhook" || event.authentication !== "signature" || !found.webhook) {
      throw new AppError("conflict", "This trigger has no webhook that is signed.", {
        hint: "Set its event to a webhook with signatures first.",
      });
    }
    const secret = makeWebhookSecret();
    const { secretEnvelope } = found.webhook;
    const keepsPrevious = secretEnvelope !== null && overlapHours > 0;
    const previousUntil = keepsPrevious ? new Date(now.getTime() + overlapHours * hourMs) : null;
    await tx
      .update(webhooks)
      .set({
        secretEnvelope: sealSecret(secret, webhookAad(id, "secret")),
        secretSetAt: now,
        // Sealed anew: an envelope is bound to its column.
        previousSecretEnvelope: keepsPrevious
          ? sealSecret(openSecret(secretEnvelope, webhookAad(id, "secret")), webhookAad(id, "previousSecret"))
          : null,
        previousUntil,
      })
      .where(eq(webhooks.triggerId, id));
    const target = { kind: "trigger", id, name: found.row.name };
    const previousSecretUntil = previousUntil?.toISOString() ?? null;
    const before = { secretSetAt: found.webhook.secretSetAt?.toISOString() ?? null, previousSecretUntil: null };
    const after = { secretSetAt: now.toISOString(), previousSecretUntil };
    await recordAudit(tx, ctx, { action: "trigger.rotate_secret", target, before, after });
    await bumpChanges(tx);
    return { secret, ...after };
  });
}

const prefix = "whsec_";

/** A signing secret as Standard Webhooks writes them: 32 random bytes, base64, after `whsec_`. */
export function makeWebhookSecret(): string {
  return prefix + randomBytes(32).toString("base64");
}

/** The bytes of a secret. */
export function readWebhookSecret(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), "base64");
}
