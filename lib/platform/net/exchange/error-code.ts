/** The most telling code of an error; of several attempts (happy eyeballs) that of the first. */
export function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  if (cause !== null && typeof cause === "object" && "code" in cause && typeof cause.code === "string")
    return cause.code;
  return "";
}
