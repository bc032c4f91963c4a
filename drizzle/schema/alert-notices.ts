import { sql } from "drizzle-orm";
import { check, index, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { NoticeData, NoticeKind } from "#lib/oversight/alerts/model.ts";
import { alertChannels } from "./alert-channels.ts";
import { alertDeliveries } from "./alert-deliveries.ts";
import { createdAt, id, instant } from "./columns.ts";
import { credentials } from "./credentials.ts";
import { transports } from "./transports.ts";

/** What is to be told of one credential or one transport to one receiver. `key` names the occasion: each is told once. */
export const alertNotices = pgTable(
  "alert_notices",
  {
    id: id(),
    channelId: uuid("channel_id")
      .notNull()
      .references(() => alertChannels.id, { onDelete: "cascade" }),
    credentialId: uuid("credential_id").references(() => credentials.id, { onDelete: "cascade" }),
    transportId: uuid("transport_id").references(() => transports.id, { onDelete: "cascade" }),
    /** Address of the owner; blank = to the channel itself. */
    recipient: text("recipient").notNull().default(""),
    key: text("key").notNull(),
    kind: text("kind").$type<NoticeKind>().notNull(),
    data: jsonb("data").$type<NoticeData>().notNull(),
    createdAt: createdAt(),
    /** From when it goes into a message: later than it was noted, for what may pass by itself. */
    dueAt: instant("due_at").notNull(),
    /** The message that it went into. */
    deliveryId: uuid("delivery_id").references(() => alertDeliveries.id, { onDelete: "set null" }),
    /** Told or not, it is over: the credential works again, or something else was told instead. */
    closedAt: instant("closed_at"),
  },
  (table) => [
    check("alert_notices_of_one", sql`num_nonnulls(${table.credentialId}, ${table.transportId}) = 1`),
    uniqueIndex("alert_notices_once").on(table.channelId, table.credentialId, table.recipient, table.key),
    uniqueIndex("alert_notices_transport_once")
      .on(table.channelId, table.transportId, table.recipient, table.key)
      .where(sql`${table.transportId} is not null`),
    index("alert_notices_due_index")
      .on(table.channelId, table.dueAt)
      .where(sql`${table.deliveryId} is null and ${table.closedAt} is null`),
    index("alert_notices_credential_index").on(table.credentialId),
    index("alert_notices_transport_index").on(table.transportId).where(sql`${table.transportId} is not null`),
    index("alert_notices_delivery_index").on(table.deliveryId),
  ],
);
