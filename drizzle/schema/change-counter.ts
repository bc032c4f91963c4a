import { sql } from "drizzle-orm";
import { bigint, boolean, check, pgTable } from "drizzle-orm/pg-core";

/**
 * One row. Each change of configuration adds one in its own transaction; processes poll it and empty their caches
 * (lib/platform/db/changes.ts).
 */
export const changeCounter = pgTable(
  "change_counter",
  { only: boolean("only").primaryKey().default(true), value: bigint("value", { mode: "number" }).notNull().default(0) },
  (table) => [check("change_counter_one_row", sql`${table.only}`)],
);
