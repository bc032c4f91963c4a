import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/** Condition: the expression holds the text, whatever its case; `%` and `_` in the text mean themselves. */
export function containsText(expression: SQLWrapper, text: string): SQL {
  return sql`${expression} ilike ${`%${text.replace(/[\\%_]/g, "\\$&")}%`}`;
}
