import { findType } from "../builtin.ts";
import type { SimpleType, Types } from "../model.ts";
import { compareValues } from "../value-space/compare.ts";

/** Applies the white space facet of a type (XML Schema part 2, section 4.3.6). */
export function normalizeSpace({ base, facets }: SimpleType, text: string): string {
  const ofBase = base === "string" ? "preserve" : base === "normalizedString" ? "replace" : "collapse";
  const mode = facets?.whiteSpace ?? ofBase;
  if (mode === "collapse") return splitList(text).join(" ");
  return mode === "replace" ? text.replace(/[\t\n\r]/g, " ") : text;
}

/** The length of a value and its unit (section 4.3.1): octets for binary data, not the characters that write it. */
export function measure(base: string, value: string): [size: number, unit: string] {
  if (base === "hexBinary") return [value.length / 2, "octets"];
  if (base === "base64Binary") return [Buffer.from(value, "base64").length, "octets"];
  return [[...value].length, "characters"];
}

/** Whether two values of a type that isn't a list or union are the same: `1.0` and `1` are for a decimal, but not for a string. */
function isSameAtom(type: SimpleType, one: string, other: string): boolean {
  const [a, b] = [normalizeSpace(type, one), normalizeSpace(type, other)];
  const { base } = type;
  if (a === b) return true;
  if (base === "boolean") return toBoolean(a) === toBoolean(b);
  if (base === "hexBinary") return a.toLowerCase() === b.toLowerCase();
  if (base === "base64Binary") return a.replaceAll(" ", "") === b.replaceAll(" ", "");
  return compareValues(base, a, b) === 0;
}

const toBoolean = (text: string): string => (text === "1" ? "true" : text === "0" ? "false" : text);

/** The entries of a list: only the white space of XML separates them. */
export const splitList = (text: string): string[] => text.split(/[ \t\n\r]+/).filter(Boolean);

/**
 * Whether two texts are the same value of a type.
 * @param memberOf the type that a text is a value of: a union has several.
 */
export function isSameValue(
  types: Types,
  type: SimpleType,
  one: string,
  other: string,
  memberOf: (text: string) => SimpleType | null = () => type,
): boolean {
  const own = memberOf(one);
  if (own === null || own !== memberOf(other)) return false;
  if (own.listOf === undefined) return isSameAtom(own, one, other);
  const [entries, others] = [splitList(one), splitList(other)];
  const item = findType(types, own.listOf);
  const isSame = (entry: string, at: number) =>
    entry === others[at] || (item?.kind === "simple" && !item.unionOf && isSameAtom(item, entry, others[at]!));
  return entries.length === others.length && entries.every(isSame);
}
