import { index, pgTable, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";
import { triggers } from "./triggers.ts";

/** Runs in progress of triggers that limit them. A lease whose process died ends by itself. */
export const runLeases = pgTable(
  "run_leases",
  {
    runId: uuid("run_id").primaryKey(),
    triggerId: uuid("trigger_id")
      .notNull()
      .references(() => triggers.id, { onDelete: "cascade" }),
    until: instant("until").notNull(),
  },
  (table) => [index("run_leases_trigger_index").on(table.triggerId, table.until)],
);
