import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { AlertMessage, DeliveryStatus } from "#lib/oversight/alerts/model.ts";
import { alertChannels } from "./alert-channels.ts";
import { createdAt, id, instant } from "./columns.ts";

/** Messages on their way through a channel. The id goes along, so that a receiver knows one that came twice. */
export const alertDeliveries = pgTable(
  "alert_deliveries",
  {
    id: id(),
    channelId: uuid("channel_id")
      .notNull()
      .references(() => alertChannels.id, { onDelete: "cascade" }),
    /** Address of an owner; blank = to the channel itself. */
    recipient: text("recipient").notNull().default(""),
    isTest: boolean("is_test").notNull().default(false),
    message: jsonb("message").$type<AlertMessage>().notNull(),
    status: text("status").$type<DeliveryStatus>().notNull().default("pending"),
    attempts: integer("attempts").notNull().default(0),
    /** When it is tried next; while it is being sent, when another worker may take it over. */
    nextAttemptAt: instant("next_attempt_at"),
    lastError: text("last_error"),
    createdAt: createdAt(),
    deliveredAt: instant("delivered_at"),
  },
  (table) => [
    index("alert_deliveries_due_index").on(table.nextAttemptAt).where(sql`${table.status} = 'pending'`),
    index("alert_deliveries_channel_index").on(table.channelId, table.id),
    index("alert_deliveries_created_index").on(table.createdAt),
  ],
);
