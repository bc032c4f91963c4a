import { index, integer, pgTable, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";
import { triggers } from "./triggers.ts";

/** When the schedule of a trigger is due next; cron and time zone stand in `triggers.event`. One process moves it on, by comparing. */
export const schedules = pgTable(
  "schedules",
  {
    triggerId: uuid("trigger_id")
      .primaryKey()
      .references(() => triggers.id, { onDelete: "cascade" }),
    /** Null while it is paused or the trigger disabled, and when it is never due again. */
    nextDueAt: instant("next_due_at"),
    /** The last due time that a run was made for. */
    lastDueAt: instant("last_due_at"),
    /** Due times that passed without a run, since no worker was there: how many at the last time, and until when. */
    missed: integer("missed").notNull().default(0),
    missedUntil: instant("missed_until"),
  },
  (table) => [index("schedules_next_due_index").on(table.nextDueAt)],
);
