import { index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/** Failed sign-ins, counted per account and per address (`account:anna`, `address:192.0.2.7`). */
export const signInThrottles = pgTable(
  "sign_in_throttles",
  {
    key: text("key").primaryKey(),
    failures: integer("failures").notNull(),
    lastAttemptAt: instant("last_attempt_at").notNull(),
    blockedUntil: instant("blocked_until"),
  },
  (table) => [index("sign_in_throttles_attempt_index").on(table.lastAttemptAt)],
);
