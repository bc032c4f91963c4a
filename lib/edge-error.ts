import { isDatabaseUnavailable } from "./db/unavailable.ts";
import { AppError, isAppError, toAppError } from "./errors.ts";

/**
 * Any thrown value as the error that people and programs are told about, for the two edges (lib/web, lib/api): an AppError
 * as it is, a database that can't be reached as `database_unavailable`, everything else as `internal`.
 */
export function toEdgeError(thrown: unknown): AppError {
  if (isAppError(thrown) || !isDatabaseUnavailable(thrown)) return toAppError(thrown);
  return new AppError("database_unavailable", "Sallyport can't reach its database just now.", {
    hint: "Try again in a few seconds. If it lasts, tell the admin who runs Sallyport.",
    retryable: true,
    cause: thrown,
  });
}
