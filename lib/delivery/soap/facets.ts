import type { SimpleType } from "./model.ts";

/** Applies the white space facet of a type (XML Schema part 2, section 4.3.6). */
export function normalizeSpace({ base, facets }: SimpleType, text: string): string {
  const ofBase = base === "string" ? "preserve" : base === "normalizedString" ? "replace" : "collapse";
  const mode = facets?.whiteSpace ?? ofBase;
  if (mode === "collapse")
    return text
      .split(/[ \t\n\r]+/)
      .filter(Boolean)
      .join(" ");
  return mode === "replace" ? text.replace(/[\t\n\r]/g, " ") : text;
}

/** The length of a value and its unit (section 4.3.1): octets for binary data, not the characters that write it. */
export function measure(base: string, value: string): [size: number, unit: string] {
  if (base === "hexBinary") return [value.length / 2, "octets"];
  if (base === "base64Binary") return [Buffer.from(value, "base64").length, "octets"];
  return [[...value].length, "characters"];
}

/**
 * Explains that a value isn't in a type's enumeration, as a sentence; null if it's there.
 * @param members the members of a union that the text is a value of: they decide what equals what.
 */
export function findEnumerationProblem(type: SimpleType, text: string, members = [type]): string | null {
  const { enumeration } = type;
  const isListed = (each: string) => members.some((member) => isSameValue(member, text, each));
  if (!enumeration || enumeration.some(isListed)) return null;
  const some = enumeration.slice(0, 20).join(", ");
  return `must be one of ${some}${enumeration.length > 20 ? ` and ${enumeration.length - 20} more` : ""}.`;
}

const decimals =
  /^(decimal|integer|long|int|short|byte|(non)?(Negative|Positive|negative|positive)Integer|unsigned(Long|Int|Short|Byte))$/;

/** Whether two texts are the same value of a type: `1.0` and `1` are for a decimal, but not for a string. */
export function isSameValue(type: SimpleType, one: string, other: string): boolean {
  const [a, b] = [normalizeSpace(type, one), normalizeSpace(type, other)];
  return a === b || (!type.listOf && !type.unionOf && canonical(type.base, a) === canonical(type.base, b));
}

function canonical(base: string, text: string): string {
  if (base === "boolean") return text === "1" ? "true" : text === "0" ? "false" : text;
  if (base === "hexBinary") return text.toLowerCase();
  if (base === "base64Binary") return text.replaceAll(" ", "");
  if (decimals.test(base)) return canonicalDecimal(text);
  if (base === "float" || base === "double") return String(Number(text.replace("INF", "Infinity")));
  const time = base === "dateTime" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? text : String(time);
}

function canonicalDecimal(text: string): string {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)0*((?:[1-9]\d*)?)(?:\.(\d*))?$/.exec(text) ?? [];
  let end = fraction.length;
  while (fraction[end - 1] === "0") end--;
  const digits = `${whole}.${fraction.slice(0, end)}`;
  return sign === "-" && digits !== "." ? `-${digits}` : digits;
}
