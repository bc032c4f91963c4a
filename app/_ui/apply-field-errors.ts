import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";
import type { FieldError } from "#lib/platform/errors/app-error.ts";

/**
 * Puts the field complaints of a refused action at their fields and focuses the first one.
 * @returns whether there were any; when not, show the error itself (ActionErrorAlert).
 */
export function applyFieldErrors<T extends FieldValues>(
  setError: UseFormSetError<T>,
  error: { fields: FieldError[] },
): boolean {
  error.fields.forEach(({ field, message }, index) => {
    setError(field as FieldPath<T>, { type: "server", message }, { shouldFocus: index === 0 });
  });
  return error.fields.length > 0;
}
