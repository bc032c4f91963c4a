import { pgTable, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";
import { users } from "./users.ts";

/** When a person last looked at the dashboard, and the time before. */
export const dashboardVisits = pgTable("dashboard_visits", {
  userId: uuid("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  lastAt: instant("last_at").notNull(),
  /** When the visit before this one ended; null at the first. */
  since: instant("since"),
});
