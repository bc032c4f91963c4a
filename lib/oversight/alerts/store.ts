import { eq, getTableColumns, sql } from "drizzle-orm";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import type { Database, Transaction } from "#lib/platform/db/client.ts";
import { pickFields, readRow } from "#lib/platform/definitions/rows.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { type ChannelSummary, channelFields, channelSummary } from "./definition.ts";

const { urlEnvelope, secretEnvelope, ...openColumns } = getTableColumns(alertChannels);

/** A channel's columns without the sealed ones, its node's name, and how its last message fared. */
export const channelColumns = {
  ...openColumns,
  nodeName: nodes.name,
  lastDelivery: sql<ChannelSummary["lastDelivery"]>`(
    select json_build_object('status', d.status, 'at', d.created_at) from ${alertDeliveries} d
    where d.channel_id = ${alertChannels}.id order by d.id desc limit 1)`,
};

type ChannelRow = Omit<typeof alertChannels.$inferSelect, "urlEnvelope" | "secretEnvelope"> & {
  nodeName: string | null;
  lastDelivery: ChannelSummary["lastDelivery"];
};

export function toChannel(row: ChannelRow): ChannelSummary {
  const { lastDelivery } = row;
  return readRow(channelSummary, {
    ...row,
    lastDelivery: lastDelivery && { ...lastDelivery, at: new Date(lastDelivery.at).toISOString() },
  });
}

/**
 * Reads one channel; with `lock` its row stays locked until the end of the transaction.
 * @throws AppError `not_found`
 */
export async function findChannel(db: Database | Transaction, id: string, lock = false): Promise<ChannelSummary> {
  if (lock) await db.select({ id: alertChannels.id }).from(alertChannels).where(eq(alertChannels.id, id)).for("update");
  const [row] = await db
    .select(channelColumns)
    .from(alertChannels)
    .leftJoin(nodes, eq(nodes.id, alertChannels.nodeId))
    .where(eq(alertChannels.id, id));
  if (!row) throw notFound("alert channel", id);
  return toChannel(row);
}

/** How the audit log has a channel: of its secrets only whether they are set. */
export function toChannelAudit(channel: ChannelSummary, sent: { url?: unknown; secret?: unknown } = {}) {
  const { urlHost, version } = channel;
  const tell = (setAt: string | null, value: unknown) => (value ? "replaced" : setAt === null ? "not set" : "set");
  return {
    version,
    ...pickFields(channelFields, channel),
    urlHost,
    url: tell(channel.urlSetAt, sent.url),
    secret: tell(channel.secretSetAt, sent.secret),
  };
}

/** What the delivery log shows of a message. */
export const deliveryColumns = {
  ...getTableColumns(alertDeliveries),
  channelName: alertChannels.name,
  title: sql<string>`${alertDeliveries.message}->>'title'`,
  credentials: sql<number>`(${alertDeliveries.message}->>'total')::int`,
};
