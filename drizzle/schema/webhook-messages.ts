import { index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";
import { triggers } from "./triggers.ts";

/** Messages that a webhook has taken, by webhook-id or Idempotency-Key: a repeat is answered with the first one's run. */
export const webhookMessages = pgTable(
  "webhook_messages",
  {
    triggerId: uuid("trigger_id")
      .notNull()
      .references(() => triggers.id, { onDelete: "cascade" }),
    /** `id:` or `key:` and what the sender gave. */
    key: text("key").notNull(),
    runId: uuid("run_id").notNull(),
    /** SHA-256 of the body, so that a key is not used for two messages. */
    bodyHash: text("body_hash").notNull(),
    /** Until when the run that was begun for it must have ended. */
    until: instant("until").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.triggerId, table.key] }),
    index("webhook_messages_expires_index").on(table.expiresAt),
  ],
);
