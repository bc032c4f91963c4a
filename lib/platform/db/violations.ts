/** A constraint that a statement ran against, by Postgres' SQLSTATE (appendix "PostgreSQL Error Codes", class 23). */
export type Violation = { kind: "unique" | "foreign_key"; constraint: string };

/**
 * The constraint violation behind a thrown value, null when it is something else. Drizzle wraps what pg throws, so the
 * causes are looked through too.
 */
export function findViolation(err: unknown): Violation | null {
  for (let current = err; current instanceof Error; current = current.cause) {
    const { code, constraint } = current as Error & { code?: unknown; constraint?: unknown };
    const name = typeof constraint === "string" ? constraint : "";
    if (code === "23505") return { kind: "unique", constraint: name };
    // Postgres 18 has a code of its own for ON DELETE RESTRICT.
    if (code === "23503" || code === "23001") return { kind: "foreign_key", constraint: name };
  }
  return null;
}

/**
 * Whether Postgres refused a text because of a character (SQLSTATE 22021, 22P05: NUL, half a surrogate pair). The edges check
 * input first, so this finds what they missed.
 */
export function isUnstorableText(err: unknown): boolean {
  return hasSqlState(err, /^22(021|P05)$/);
}

/**
 * Whether Postgres could not read a value that it was given (SQLSTATE 22003, 22007, 22008, 22P02: out of range, or of
 * another form than its type).
 */
export function isUnreadableValue(err: unknown): boolean {
  return hasSqlState(err, /^22(003|007|008|P02)$/);
}

function hasSqlState(err: unknown, states: RegExp): boolean {
  for (let current = err; current instanceof Error; current = current.cause) {
    if ("code" in current && states.test(String(current.code))) return true;
  }
  return false;
}
