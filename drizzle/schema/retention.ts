import { sql } from "drizzle-orm";
import { boolean, check, integer, pgTable } from "drizzle-orm/pg-core";
import { updatedAt, version } from "./columns.ts";

/** One row: for how many days runs and events of credentials are kept; null = for ever. Partitions older than that are dropped. */
export const retention = pgTable(
  "retention",
  {
    only: boolean("only").primaryKey().default(true),
    runsDays: integer("runs_days").default(90),
    credentialEventsDays: integer("credential_events_days").default(90),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [check("retention_one_row", sql`${table.only}`)],
);
