/** One field of a change; `undefined` = there was nothing on that side. */
export type Change = { field: string; before: string | undefined; after: string | undefined };

type Fields = Record<string, unknown> | null;

/** Fields that every edit changes and nobody looks for. */
const noise = ["version", "updatedAt"];
/** What takes an object apart: deeper ones are shown as JSON. */
const maxDepth = 3;

/**
 * Before and after of an audit record, field by field with dotted names (`proxy.url`); fields that are equal on both
 * sides are left out.
 */
export function listChanges(before: Fields, after: Fields): Change[] {
  const left = flatten(before ?? {});
  const right = flatten(after ?? {});
  const names = [...new Set([...left.keys(), ...right.keys()])].filter((name) => !noise.includes(name));
  return names
    .map((field) => ({
      field,
      before: before ? left.get(field) : undefined,
      after: after ? right.get(field) : undefined,
    }))
    .filter((change) => change.before !== change.after);
}

function flatten(fields: Record<string, unknown>, prefix = "", depth = 1): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    const path = `${prefix}${name}`;
    if (isPlain(value) && Object.keys(value).length > 0 && depth < maxDepth) {
      for (const [inner, text] of flatten(value, `${path}.`, depth + 1)) flat.set(inner, text);
    } else flat.set(path, toText(value));
  }
  return flat;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "empty";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)) {
    return value.length === 0 ? "none" : value.join("; ");
  }
  return JSON.stringify(value);
}
