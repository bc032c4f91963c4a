import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, instant } from "./columns.ts";
import { users } from "./users.ts";

/** Sessions of people. The cookie's JWT carries the id (`sid`); every check looks the row up. */
export const sessions = pgTable(
  "sessions",
  {
    id: id(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** `local` or the credential profile's name. */
    method: text("method").notNull(),
    createdAt: createdAt(),
    lastSeenAt: instant("last_seen_at").notNull().defaultNow(),
    /** Absolute end, whatever the use. */
    expiresAt: instant("expires_at").notNull(),
    userAgent: text("user_agent").notNull().default(""),
    address: text("address").notNull().default(""),
    revokedAt: instant("revoked_at"),
    /** In words: `signed out`, `password changed`, `revoked by admin`. */
    revokedReason: text("revoked_reason"),
  },
  (table) => [
    index("sessions_user_index").on(table.userId, table.id),
    index("sessions_expiry_index").on(table.expiresAt),
  ],
);
