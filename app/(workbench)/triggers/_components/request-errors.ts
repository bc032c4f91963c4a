import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { type FormValues, isFilled } from "./form-values.ts";

/**
 * Puts complaints about a request at the rows of the form: `request.query.NAME` is the row of that name, and rows that
 * were left empty are not counted by the server.
 */
export function placeRequestErrors(fields: FieldError[], { request }: Pick<FormValues, "request">): FieldError[] {
  return fields.map(({ field, message }) => {
    const parameter = /^request\.query\.(.+)$/s.exec(field)?.[1];
    if (parameter !== undefined) {
      const row = request.query.findIndex(({ name }) => name === parameter);
      return { field: row < 0 ? "request.query" : `request.query.${row}.value`, message };
    }
    const header = /^request\.headers\.(\d+)(.*)$/.exec(field);
    if (header)
      return { field: `request.headers.${filledRow(request.headers, Number(header[1]))}${header[2]}`, message };
    return { field, message };
  });
}

function filledRow(rows: FormValues["request"]["headers"], index: number): number {
  const filled = rows.flatMap((row, at) => (isFilled(row) ? [at] : []));
  return filled[index] ?? index;
}

/** Rows of query parameters whose name is missing or stands twice. */
export function findWrongRows({ query }: FormValues["request"]): FieldError[] {
  return query.flatMap((row, index) => {
    if (!isFilled(row)) return [];
    const field = `request.query.${index}.name`;
    if (row.name === "") return [{ field, message: "A query parameter needs a name." }];
    const isSecond = query.findIndex(({ name }) => name === row.name) < index;
    return isSecond ? [{ field, message: "This name stands twice." }] : [];
  });
}
