import { index, json, pgTable, uuid } from "drizzle-orm/pg-core";
import type { StartedRun } from "#lib/delivery/runs/model.ts";
import { instant } from "./columns.ts";

/**
 * Runs in progress, noted before anything is sent: what a process that was killed had in hand. A row is a batch of them, of one
 * process. Unlogged: a note costs no wait for the disk, and is lost only when the database itself crashes, which the
 * processes that make the runs survive.
 */
export const runStarts = pgTable(
  "run_starts",
  {
    id: uuid("id").primaryKey(),
    /** The process extends it; one that has ended belongs to a process that is gone. */
    until: instant("until").notNull(),
    runs: json("runs").$type<StartedRun[]>().notNull(),
  },
  (table) => [index("run_starts_until_index").on(table.until)],
);
