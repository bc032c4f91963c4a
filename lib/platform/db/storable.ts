import { type FieldError, invalidInput } from "#lib/platform/errors/app-error.ts";

/**
 * Refuses what Postgres can't hold (NUL in text, lone surrogates in jsonb) and what nests too deep.
 * @param name what the value is, for the complaint's field; empty for a whole body.
 * @throws AppError `invalid_input`
 */
export function requireStorable(value: unknown, name = ""): void {
  const complaint = findUnstorable(value, name, 0);
  if (complaint !== null) throw invalidInput([complaint]);
}

/** How deep a body may nest: far more than any of ours, and far less than what exhausts the stack. */
const maxDepth = 64;

/** The first place that Postgres can't hold (NUL in text, lone surrogates in jsonb) or that nests too deep. */
function findUnstorable(value: unknown, path: string, depth: number): FieldError | null {
  if (typeof value === "string") return isStorable(value) ? null : unstorable(path);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return null;
  if (depth === maxDepth) return { field: path.slice(0, 100), message: `nests deeper than ${maxDepth} levels.` };
  for (const [key, inner] of Object.entries(value)) {
    if (!isStorable(key)) return unstorable(path);
    const found = findUnstorable(inner, path === "" ? key : `${path}.${key}`, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** Whether Postgres can hold a text. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Replaces what Postgres can't hold with U+FFFD, for text of others that is only shown. */
export function toStorable(text: string): string {
  return (text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text).toWellFormed();
}

function unstorable(path: string): FieldError {
  return { field: path || "body", message: "holds a NUL or half a surrogate pair, which can't be stored." };
}
