import type { z } from "zod";
import type { FieldError } from "./app-error.ts";

/**
 * What zod found wrong as complaints with dotted paths (`proxy.url`, `headers.0.name`). Of a union that fits nowhere, the branch
 * that came nearest speaks; a member that is not known is complained about by its own name.
 * @param whole the field of a complaint about the input as a whole.
 */
export function listFieldErrors(error: z.ZodError, whole = ""): FieldError[] {
  return error.issues.flatMap((issue) => listIssue(issue, [], whole));
}

function listIssue(issue: z.core.$ZodIssue, above: PropertyKey[], whole: string): FieldError[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") {
    const nearest = issue.errors.filter((branch) => branch.length > 0).toSorted((a, b) => a.length - b.length)[0];
    if (nearest) return nearest.flatMap((inner) => listIssue(inner, path, whole));
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: [...path, key].map(String).join("."), message: "is not known here." }));
  }
  return [{ field: path.map(String).join(".") || whole, message: issue.message }];
}
