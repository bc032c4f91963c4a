import { findRounded } from "#lib/platform/edges/exact-json.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";

/** A variable as it is typed; `isJson`: the text is a JSON value, such as 3, true or a list. */
export type TypedVariable = { text: string; isJson: boolean };

/** A value as it is typed. A text that a JSON variable had must be in quotes. */
export function toTyped(value: unknown, isJson: boolean): TypedVariable {
  if (value === undefined) return { text: "", isJson };
  if (typeof value === "string" && !isJson) return { text: value, isJson };
  return { text: JSON.stringify(value, null, typeof value === "object" ? 2 : undefined), isJson: true };
}

/** The values that a run gets, or what is wrong with the typed ones. */
export function readVariables(typed: Record<string, TypedVariable>): {
  values: Record<string, unknown>;
  complaints: FieldError[];
} {
  const values: Record<string, unknown> = {};
  const complaints: FieldError[] = [];
  for (const [name, { text, isJson }] of Object.entries(typed)) {
    if (!isJson) values[name] = text;
    else {
      try {
        values[name] = JSON.parse(text);
        const rounded = findRounded(text);
        if (rounded !== null) {
          const message = `The number ${rounded} has too many digits for a browser. Enter it as text, or run the trigger with the REST API.`;
          complaints.push({ field: `variables.${name}`, message });
        }
      } catch {
        complaints.push({
          field: `variables.${name}`,
          message: "This is not a JSON value, such as 3, true or [1, 2].",
        });
      }
    }
  }
  return { values, complaints };
}
