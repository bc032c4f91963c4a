import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { invalidInput } from "#lib/platform/errors/app-error.ts";

/** One page of a list. `nextCursor` is null on the last one. */
export type Page<T> = { items: T[]; nextCursor: string | null };

type Position = { value: string | null; id: string };

/**
 * Keyset pagination over `(expression, id)`: order and condition for one page. One index on the two, ascending with nulls
 * last (Postgres' default), serves both directions.
 * @param expression what the list is ordered by, as it stands in the index.
 * @param cursor of the page before, from `toPage`; undefined for the first page.
 * @throws AppError `invalid_input` for a cursor that this list did not make.
 */
export function keyset(
  expression: SQLWrapper,
  id: SQLWrapper,
  direction: "asc" | "desc",
  cursor: string | undefined,
): { where: SQL | undefined; orderBy: SQL[] } {
  const orderBy =
    direction === "asc"
      ? [sql`${expression} asc nulls last`, sql`${id} asc`]
      : [sql`${expression} desc nulls first`, sql`${id} desc`];
  return { where: cursor === undefined ? undefined : after(expression, id, direction, decodeCursor(cursor)), orderBy };
}

function after(expression: SQLWrapper, id: SQLWrapper, direction: "asc" | "desc", position: Position): SQL {
  if (direction === "asc") {
    if (position.value === null) return sql`(${expression} is null and ${id} > ${position.id})`;
    return sql`((${expression}, ${id}) > (${position.value}, ${position.id}) or ${expression} is null)`;
  }
  if (position.value === null)
    return sql`(${expression} is not null or (${expression} is null and ${id} < ${position.id}))`;
  return sql`(${expression}, ${id}) < (${position.value}, ${position.id})`;
}

/**
 * Cuts `limit + 1` fetched rows to a page.
 * @param position of a row: the value of the ordering expression as Postgres reads it (ISO for instants) and the id.
 */
export function toPage<T>(rows: T[], limit: number, position: (row: T) => Position): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(position(last)) : null };
}

function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.value, position.id])).toString("base64url");
}

function decodeCursor(cursor: string): Position {
  try {
    const [value, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if ((value === null || typeof value === "string") && typeof id === "string") return { value, id };
  } catch {
    // Not ours; said below.
  }
  throw invalidInput([
    { field: "cursor", message: "is not a cursor of this list. Leave it out to start at the first page." },
  ]);
}
