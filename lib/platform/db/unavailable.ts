/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) and socket errors that mean: no database just now. */
const sqlStates = /^(08...|57P0[1-3]|53300|53400)$/;
const socketErrors = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "ENOENT"]);
/** What pg says without a code. */
const messages =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

/**
 * Whether an error, or what caused it, says that the database can't be reached, and not that a query was wrong. Drizzle
 * wraps pg's errors, so causes are looked through.
 */
export function isDatabaseUnavailable(err: unknown): boolean {
  for (let at: unknown = err; at instanceof Error; at = at.cause) {
    const { code, syscall } = at as { code?: unknown; syscall?: unknown };
    if (messages.test(at.message)) return true;
    if (typeof code !== "string") continue;
    if (sqlStates.test(code)) return true;
    if (socketErrors.has(code) && syscall !== undefined) return true;
  }
  return false;
}
