import { explainUnavailable } from "#lib/platform/db/unavailable.ts";
import { isUnreadableValue, isUnstorableText } from "#lib/platform/db/violations.ts";
import { AppError, isAppError, toAppError } from "#lib/platform/errors/app-error.ts";

/**
 * Any thrown value as the error that people and programs are told about, for the two edges (lib/web, lib/api): an AppError
 * as it is, a database that can't work as `database_unavailable`, a value that it could not read as
 * `invalid_input`, everything else as `internal`.
 */
export function toEdgeError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const unavailable = explainUnavailable(thrown);
  if (unavailable) {
    return new AppError("database_unavailable", unavailable.message, {
      hint: unavailable.hint,
      retryable: true,
      cause: thrown,
    });
  }
  if (isUnstorableText(thrown)) {
    return new AppError("invalid_input", "A value contains a character that can't be stored.", {
      hint: "Remove NUL characters and halves of surrogate pairs.",
      cause: thrown,
    });
  }
  // A cursor holds what its list is ordered by; the one of another order is of another type.
  if (isUnreadableValue(thrown)) {
    return new AppError("invalid_input", "A value of the request does not fit, such as the cursor of another order.", {
      hint: "Leave the cursor out to start at the first page.",
      cause: thrown,
    });
  }
  return toAppError(thrown);
}
