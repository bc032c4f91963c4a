import { index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { alertDeliveries } from "./alert-deliveries.ts";
import { id, instant } from "./columns.ts";

/** Each try to send a message. */
export const alertAttempts = pgTable(
  "alert_attempts",
  {
    id: id(),
    deliveryId: uuid("delivery_id")
      .notNull()
      .references(() => alertDeliveries.id, { onDelete: "cascade" }),
    at: instant("at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    outcome: text("outcome").$type<"succeeded" | "failed">().notNull(),
    errorCode: text("error_code"),
    /** What the receiver said, or why it could not be reached. */
    description: text("description").notNull(),
  },
  (table) => [index("alert_attempts_delivery_index").on(table.deliveryId, table.id)],
);
