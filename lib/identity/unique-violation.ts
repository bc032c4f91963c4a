/** Whether an error of a query, as Drizzle wraps it, is Postgres' unique_violation (23505). */
export function isUniqueViolation(err: unknown): boolean {
  const cause = err instanceof Error && err.cause !== undefined ? err.cause : err;
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "23505";
}
