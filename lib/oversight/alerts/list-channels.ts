import { and, asc, desc, eq, sql } from "drizzle-orm";
import { alertAttempts } from "#drizzle/schema/alert-attempts.ts";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { readRow } from "#lib/platform/definitions/rows.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import type { ChannelSummary } from "./definition.ts";
import { type DeliveryDetail, type DeliverySummary, deliveryAttempt, deliverySummary } from "./model.ts";
import { type ChannelQuery, channelQuery, type DeliveryQuery, deliveryQuery } from "./schema.ts";
import { channelColumns, deliveryColumns, findChannel, toChannel } from "./store.ts";

// Without the message itself, which can be long.
const { message: _, ...listedColumns } = deliveryColumns;

/**
 * Lists the channels, by name.
 * @throws AppError `forbidden`
 */
export async function listChannels(ctx: Context, query: ChannelQuery = {}): Promise<Page<ChannelSummary>> {
  requirePermission(ctx, "alerts.read");
  const { sort, cursor, limit } = channelQuery.parse(query);
  const name = sql<string>`lower(${alertChannels.name})`;
  const { where, orderBy } = keyset(name, alertChannels.id, sort === "name" ? "asc" : "desc", cursor);
  const rows = await getDb()
    .select({ ...channelColumns, position: name })
    .from(alertChannels)
    .leftJoin(nodes, eq(nodes.id, alertChannels.nodeId))
    .where(where)
    .orderBy(...orderBy)
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => ({ value: row.position, id: row.id }));
  return { ...page, items: page.items.map(toChannel) };
}

/**
 * Reads one channel, without its secrets.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getChannel(ctx: Context, id: string): Promise<ChannelSummary> {
  requirePermission(ctx, "alerts.read");
  return findChannel(getDb(), id);
}

/**
 * Lists the delivery log, the newest message first.
 * @throws AppError `forbidden`
 */
export async function listDeliveries(ctx: Context, query: DeliveryQuery = {}): Promise<Page<DeliverySummary>> {
  requirePermission(ctx, "alerts.read");
  const { channelId, status, cursor, limit } = deliveryQuery.parse(query);
  const { id } = alertDeliveries;
  const { where, orderBy } = keyset(id, id, "desc", cursor);
  const rows = await getDb()
    .select(listedColumns)
    .from(alertDeliveries)
    .innerJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
    .where(
      and(
        where,
        channelId ? eq(alertDeliveries.channelId, channelId) : undefined,
        status && eq(alertDeliveries.status, status),
      ),
    )
    .orderBy(...orderBy)
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => ({ value: row.id, id: row.id }));
  return { ...page, items: page.items.map((row) => readRow(deliverySummary, row)) };
}

/**
 * Reads one message with each try to send it.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getDelivery(ctx: Context, id: string): Promise<DeliveryDetail> {
  requirePermission(ctx, "alerts.read");
  const [row] = await getDb()
    .select(deliveryColumns)
    .from(alertDeliveries)
    .innerJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
    .where(eq(alertDeliveries.id, id));
  if (!row) throw notFound("alert message", id);
  const log = await getDb()
    .select()
    .from(alertAttempts)
    .where(eq(alertAttempts.deliveryId, id))
    .orderBy(desc(alertAttempts.id), asc(alertAttempts.at));
  return {
    ...readRow(deliverySummary, row),
    message: row.message,
    log: log.map((attempt) => readRow(deliveryAttempt, attempt)),
  };
}
