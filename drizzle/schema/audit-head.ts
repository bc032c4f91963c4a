import { sql } from "drizzle-orm";
import { bigint, boolean, check, pgTable, text } from "drizzle-orm/pg-core";

/**
 * One row: the last record of the audit chain. Its lock gives the records their order; it is taken as the last thing of a
 * transaction (lib/platform/audit/record.ts).
 */
export const auditHead = pgTable(
  "audit_head",
  {
    only: boolean("only").primaryKey().default(true),
    /** Id of the last record, 0 while there is none. The next one has the next number. */
    lastId: bigint("last_id", { mode: "number" }).notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [check("audit_head_one_row", sql`${table.only}`)],
);
