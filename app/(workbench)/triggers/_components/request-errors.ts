import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { type FormValues, isFilled } from "./form-values.ts";

/**
 * Puts complaints about a request at the rows of the form: the server doesn't count rows that were left empty.
 */
export function placeRequestErrors(fields: FieldError[], { request }: Pick<FormValues, "request">): FieldError[] {
  return fields.map(({ field, message }) => {
    const [, list, index, member] = /^request\.(query|headers)\.(\d+)(.*)$/.exec(field) ?? [];
    if (list !== "query" && list !== "headers") return { field, message };
    return { field: `request.${list}.${filledRow(request[list], Number(index))}${member}`, message };
  });
}

function filledRow(rows: FormValues["request"]["headers"], index: number): number {
  const filled = rows.flatMap((row, at) => (isFilled(row) ? [at] : []));
  return filled[index] ?? index;
}

/** Rows of query parameters without a name. */
export function findWrongRows({ query }: FormValues["request"]): FieldError[] {
  return query.flatMap((row, index) => {
    if (!isFilled(row)) return [];
    return row.name === ""
      ? [{ field: `request.query.${index}.name`, message: "A query parameter needs a name." }]
      : [];
  });
}
