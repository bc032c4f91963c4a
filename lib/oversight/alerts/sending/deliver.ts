import { and, eq, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { alertAttempts } from "#drizzle/schema/alert-attempts.ts";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { toAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import type { AlertMessage } from "../model.ts";
import { type Outgoing, sendMessage } from "./send.ts";

/** When a worker dies while it sends, another one takes the message up after this; longer than any attempt. */
const claimMs = 120_000;
const firstRetryMs = 15_000;
const lastRetryMs = 3_600_000;
/** With the pauses between them about a day and a half. */
export const mostAttempts = 45;

export type ClaimedDelivery = Outgoing & { attempts: number };

/**
 * Claims messages that are due, the longest waiting first, in one statement, so that no two workers send the same one at the
 * same time.
 */
export async function claimDeliveries(limit: number, now: Date): Promise<ClaimedDelivery[]> {
  const { rows } = await getDb().execute<{
    id: string;
    channel_id: string;
    recipient: string;
    message: AlertMessage;
    attempts: number;
  }>(sql`
    update ${alertDeliveries} set attempts = attempts + 1, next_attempt_at = ${new Date(now.getTime() + claimMs)}
    where id in (
      select d.id from ${alertDeliveries} d join ${alertChannels} c on c.id = d.channel_id
      where d.status = 'pending' and d.next_attempt_at <= ${now} and c.enabled
      order by d.next_attempt_at limit ${limit} for update of d skip locked)
    returning id, channel_id, recipient, message, attempts`);
  return rows.map(({ channel_id, ...row }) => ({ ...row, channelId: channel_id }));
}

/**
 * Sends a claimed message once and notes how that went: delivered, tried again later, or given up. A worker that is killed
 * between the two leaves it to be sent again; the receiver knows it by its id.
 * @param isLast whether it is given up when this attempt fails.
 * @returns the attempt, as the log has it.
 */
export async function deliver(claimed: ClaimedDelivery, now: () => number, isLast = claimed.attempts >= mostAttempts) {
  const startedAt = now();
  let error: ReturnType<typeof toAppError> | null = null;
  let description: string;
  try {
    description = await sendMessage(claimed, new Date(startedAt));
  } catch (cause) {
    error = toAppError(cause);
    if (error.code === "internal") getLog().error({ err: cause }, "an alert failed inside Sallyport");
    description = [error.message, error.hint].filter(Boolean).join(" ");
  }
  const endedAt = now();
  const outcome = error ? ("failed" as const) : ("succeeded" as const);
  const attempt = {
    id: v7(),
    deliveryId: claimed.id,
    at: new Date(startedAt),
    durationMs: Math.round(endedAt - startedAt),
    outcome,
    errorCode: error?.code ?? null,
    description,
  };
  const status = error ? (isLast ? ("failed" as const) : ("pending" as const)) : ("delivered" as const);
  await inTransaction(async (tx) => {
    const updated = await tx
      .update(alertDeliveries)
      .set({
        status,
        nextAttemptAt: status === "pending" ? new Date(endedAt + retryAfter(claimed.attempts)) : null,
        lastError: error ? description : null,
        deliveredAt: error ? null : new Date(endedAt),
      })
      // Not over the success of another worker that took it up meanwhile.
      .where(and(eq(alertDeliveries.id, claimed.id), eq(alertDeliveries.status, "pending")))
      .returning({ id: alertDeliveries.id });
    const [alive] =
      updated.length > 0
        ? updated
        : await tx.select({ id: alertDeliveries.id }).from(alertDeliveries).where(eq(alertDeliveries.id, claimed.id));
    if (alive) await tx.insert(alertAttempts).values(attempt);
  });
  return attempt;
}

/** From a quarter of a minute, doubling, to an hour. */
function retryAfter(attempts: number): number {
  return Math.min(firstRetryMs * 2 ** (attempts - 1), lastRetryMs);
}
