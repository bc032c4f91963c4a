import { v7 } from "uuid";
import { z } from "zod";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { id } from "#lib/platform/definitions/members.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { composeTest } from "./messages/compose.ts";
import { deliver } from "./sending/deliver.ts";
import { findChannel } from "./store.ts";

/** How a test went. `description` says what the receiver answered, or why it could not be reached. */
export const channelTest = z.object({ ok: z.boolean(), description: z.string(), deliveryId: id, durationMs: z.int() });
export type ChannelTest = z.output<typeof channelTest>;

/**
 * Sends a test message through a channel at once, enabled or not, and notes it in the delivery log. Tried once.
 * @throws AppError `forbidden`, `not_found`
 */
export async function testChannel(ctx: Context, channelId: string): Promise<ChannelTest> {
  requirePermission(ctx, "alerts.write");
  const deliveryId = v7();
  const message = await inTransaction(async (tx) => {
    const channel = await findChannel(tx, channelId, true);
    const message = composeTest(channel.name, getEnv().url, ctx.actor.name);
    await tx.insert(alertDeliveries).values({ id: deliveryId, channelId, isTest: true, message, attempts: 1 });
    const target = { kind: "alert_channel", id: channelId, name: channel.name };
    await recordAudit(tx, ctx, { action: "alert_channel.test", target });
    return message;
  });
  const claimed = { id: deliveryId, channelId, recipient: "", message, attempts: 1 };
  const { outcome, description, durationMs } = await deliver(claimed, Date.now, true);
  return { ok: outcome === "succeeded", description, deliveryId, durationMs };
}
