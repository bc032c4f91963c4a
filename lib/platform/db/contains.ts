import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/** Condition: the expression holds the text, whatever its case; `%` and `_` in the text mean themselves. */
export function containsText(expression: SQLWrapper, text: string): SQL {
  return sql`${expression} ilike ${patternOf(text)}`;
}

/** The same for an expression that is in lower case, which is quicker: only the text is turned to lower case. */
export function lowerCaseContains(expression: SQLWrapper, text: string): SQL {
  return sql`${expression} like lower(${patternOf(text)})`;
}

const patternOf = (text: string) => `%${text.replace(/[\\%_]/g, "\\$&")}%`;
