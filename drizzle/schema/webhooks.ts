import { sql } from "drizzle-orm";
import { pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";
import { triggers } from "./triggers.ts";

/** The address of a trigger's webhook, and what its senders sign with. */
export const webhooks = pgTable(
  "webhooks",
  {
    triggerId: uuid("trigger_id")
      .primaryKey()
      .references(() => triggers.id, { onDelete: "cascade" }),
    /** Of `POST /api/hooks/{slug}`. */
    slug: text("slug").notNull(),
    secretEnvelope: text("secret_envelope"),
    secretSetAt: instant("secret_set_at"),
    /** The one before, which counts until `previous_until`. */
    previousSecretEnvelope: text("previous_secret_envelope"),
    previousUntil: instant("previous_until"),
  },
  (table) => [uniqueIndex("webhooks_slug_unique").on(sql`lower(${table.slug})`)],
);
