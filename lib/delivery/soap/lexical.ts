import { findType } from "./builtin.ts";
import { findEnumerationProblem, measure, normalizeSpace } from "./facets.ts";
import type { Facets, SimpleType, Types } from "./model.ts";
import { findQNameProblem, isQNameType } from "./qname-values.ts";
import { isXmlText } from "./xml/elements.ts";

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const float = /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN)$/;
const zone = "(Z|[+-](0\\d|1[0-4]):[0-5]\\d)?";
const day = "-?\\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])";
const clock = "(([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?|24:00:00(\\.0+)?)";

/** How each built-in type is written (XML Schema part 2, section 3), and an example of it. */
const forms: Record<string, { form: RegExp; example: string }> = {
  boolean: { form: /^(true|false|1|0)$/, example: "true" },
  decimal: { form: decimal, example: "12.5" },
  float: { form: float, example: "12.5" },
  double: { form: float, example: "12.5" },
  dateTime: { form: new RegExp(`^${day}T${clock}${zone}$`), example: "2026-05-01T08:00:00Z" },
  date: { form: new RegExp(`^${day}${zone}$`), example: "2026-05-01" },
  time: { form: new RegExp(`^${clock}${zone}$`), example: "08:00:00" },
  duration: { form: /^-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/, example: "P1DT2H" },
  gYear: { form: new RegExp(`^-?\\d{4,}${zone}$`), example: "2026" },
  gYearMonth: { form: new RegExp(`^-?\\d{4,}-(0[1-9]|1[0-2])${zone}$`), example: "2026-05" },
  gMonth: { form: new RegExp(`^--(0[1-9]|1[0-2])${zone}$`), example: "--05" },
  gMonthDay: { form: new RegExp(`^--(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])${zone}$`), example: "--05-01" },
  gDay: { form: new RegExp(`^---(0[1-9]|[12]\\d|3[01])${zone}$`), example: "---01" },
  hexBinary: { form: /^([0-9a-fA-F]{2})*$/, example: "0aff" },
  base64Binary: { form: /^[A-Za-z0-9+/\s]*={0,2}\s*$/, example: "SGVsbG8=" },
  language: { form: /^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$/, example: "en" },
  NMTOKEN: { form: /^[\p{L}\p{N}_:.·-]+$/u, example: "token" },
  Name: { form: /^[\p{L}_:][\p{L}\p{N}_:.·-]*$/u, example: "name" },
  NCName: { form: /^[\p{L}_][\p{L}\p{N}_.·-]*$/u, example: "name" },
};
forms.ID = forms.IDREF = forms.ENTITY = forms.NCName!;

/** Smallest and largest value of the integer types. */
const ranges: Record<string, [bigint | null, bigint | null]> = {
  integer: [null, null],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  short: [-32768n, 32767n],
  byte: [-128n, 127n],
  nonNegativeInteger: [0n, null],
  positiveInteger: [1n, null],
  nonPositiveInteger: [null, 0n],
  negativeInteger: [null, -1n],
  unsignedLong: [0n, 2n ** 64n - 1n],
  unsignedInt: [0n, 2n ** 32n - 1n],
  unsignedShort: [0n, 65535n],
  unsignedByte: [0n, 255n],
};

/** Whether a built-in type is one of the integers. */
export const isInteger = (base: string): boolean => Object.hasOwn(ranges, base);

/** What may be written for a type, for an example. */
export function exampleOf(type: SimpleType): string {
  if (type.enumeration) return type.enumeration[0] ?? "";
  if (isInteger(type.base)) {
    const min = type.facets?.minInclusive ?? ranges[type.base]![0]?.toString();
    return min !== undefined && Number(min) > 0
      ? min
      : type.base.startsWith("neg")
        ? "-1"
        : type.base.startsWith("nonPos")
          ? "0"
          : "1";
  }
  return forms[type.base]?.example ?? "";
}

/**
 * Why a text is not a value of a simple type, as a sentence; null when it is one.
 */
export function findLexicalProblem(types: Types, type: SimpleType, text: string): string | null {
  if (!isXmlText(text)) return "holds a control character, which XML can't hold.";
  if (type.unionOf) return checkUnion(types, type, text);
  if (type.listOf) return checkList(types, type, text);
  const { base } = type;
  const value = normalizeSpace(type, text);
  if (isQNameType(type)) {
    return findQNameProblem(type, value) ?? (type.facets ? checkPatterns(type.facets, value) : null);
  }
  const problem = checkBase(base, value) ?? findEnumerationProblem(type, value);
  if (problem) return problem;
  return type.facets ? checkFacets(base, type.facets, value) : null;
}

function checkUnion(types: Types, type: SimpleType, text: string): string | null {
  const members = type.unionOf!.map((name) => findType(types, name));
  const problems = members.map((member) =>
    member?.kind === "simple" ? findLexicalProblem(types, member, text) : null,
  );
  if (problems.every((problem) => problem !== null)) return problems[0] ?? null;
  // The members that the text is a value of decide whether it equals one of the enumeration.
  const fitting = members.filter((member): member is SimpleType => member?.kind === "simple");
  const valid = fitting.filter((member) => findLexicalProblem(types, member, text) === null);
  const unlisted = findEnumerationProblem(type, text, valid);
  if (unlisted) return unlisted;
  return type.facets ? checkPatterns(type.facets, text) : null;
}

function checkList(types: Types, type: SimpleType, text: string): string | null {
  const item = findType(types, type.listOf!);
  const parts = text.split(/\s+/).filter(Boolean);
  const problem =
    item?.kind === "simple" ? parts.map((part) => findLexicalProblem(types, item, part)).find(Boolean) : null;
  if (problem) return problem;
  const { facets } = type;
  const enumerated = findEnumerationProblem(type, parts.join(" "));
  if (enumerated || !facets) return enumerated;
  return checkLength(facets, parts.length, "entries") ?? checkPatterns(facets, parts.join(" "));
}

function checkBase(base: string, value: string): string | null {
  if (isInteger(base)) {
    if (!integer.test(value)) return `must be a whole number (${base}).`;
    const [min, max] = ranges[base]!;
    const number = BigInt(value.replace(/^\+/, ""));
    if (min !== null && number < min) return `must be at least ${min} (${base}).`;
    return max !== null && number > max ? `must be at most ${max} (${base}).` : null;
  }
  const known = forms[base];
  if (known && !known.form.test(value)) return `must be a ${base} such as ${known.example}.`;
  if (base === "base64Binary" && value.replace(/\s/g, "").length % 4 !== 0) return "must be base64 with its padding.";
  if ((base === "date" || base === "dateTime") && !isCalendarDay(value)) return `is no day of the calendar (${base}).`;
  return null;
}

function isCalendarDay(value: string): boolean {
  const [, year, month, dayOfMonth] = (/^-?(\d+)-(\d\d)-(\d\d)/.exec(value) ?? []).map(Number) as number[];
  const days = [31, isLeap(year!) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return dayOfMonth! <= days[month! - 1]!;
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function checkFacets(base: string, facets: Facets, value: string): string | null {
  return (
    checkLength(facets, ...measure(base, value)) ??
    checkPatterns(facets, value) ??
    checkBounds(base, facets, value) ??
    checkDigits(facets, value)
  );
}

function checkLength({ length, minLength, maxLength }: Facets, size: number, what: string): string | null {
  if (length !== undefined && size !== length) return `must have ${length} ${what}.`;
  if (minLength !== undefined && size < minLength) return `must have at least ${minLength} ${what}.`;
  return maxLength !== undefined && size > maxLength ? `must have at most ${maxLength} ${what}.` : null;
}

function checkPatterns({ patterns = [] }: Facets, value: string): string | null {
  for (const step of patterns) {
    const compiled = step.map(compilePattern);
    // A pattern that JavaScript can't read is left to the service.
    if (compiled.some((pattern) => pattern === null || pattern.test(value))) continue;
    return `must look like ${listSome(step)}.`;
  }
  return null;
}

const compiledPatterns = new Map<string, RegExp | null>();

/** A pattern of XML Schema (part 2, appendix F) as JavaScript's; null where it says what JavaScript can't. */
function compilePattern(source: string): RegExp | null {
  const known = compiledPatterns.get(source);
  if (known !== undefined) return known;
  const compiled = tryPattern(source);
  if (compiledPatterns.size < 5000) compiledPatterns.set(source, compiled);
  return compiled;
}

function tryPattern(source: string): RegExp | null {
  // Quantifiers within quantified groups may take for ever on a value that does not fit.
  if (source.length > 500 || /[+*}][)][+*{]/.test(source)) return null;
  const translated = source
    .replace(/\\i/g, "[\\p{L}_:]")
    .replace(/\\c/g, "[\\p{L}\\p{N}_:.·-]")
    .replace(/\\p\{Is\w+\}/g, ".")
    .replace(/(?<!\\)[\^$](?![^[]*\])/g, "\\$&");
  try {
    return new RegExp(`^(?:${translated})$`, "u");
  } catch {
    return null;
  }
}

function checkBounds(base: string, facets: Facets, value: string): string | null {
  const { minInclusive, maxInclusive, minExclusive, maxExclusive } = facets;
  const is = (bound: string) => compareValues(base, value, bound);
  if (minInclusive !== undefined && is(minInclusive) < 0) return `must be at least ${minInclusive}.`;
  if (maxInclusive !== undefined && is(maxInclusive) > 0) return `must be at most ${maxInclusive}.`;
  if (minExclusive !== undefined && is(minExclusive) <= 0) return `must be more than ${minExclusive}.`;
  return maxExclusive !== undefined && is(maxExclusive) >= 0 ? `must be less than ${maxExclusive}.` : null;
}

/** Below, at or above 0; NaN (none of these) where the two can't be compared. */
function compareValues(base: string, one: string, other: string): number {
  if (isInteger(base) && integer.test(other)) {
    const [a, b] = [one, other].map((text) => BigInt(text.replace(/^\+/, ""))) as [bigint, bigint];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (base === "date" || base === "dateTime") return Date.parse(one) - Date.parse(other);
  if (base === "time") return one < other ? -1 : one > other ? 1 : 0;
  return Number(one) - Number(other);
}

function checkDigits({ totalDigits, fractionDigits }: Facets, value: string): string | null {
  if (totalDigits === undefined && fractionDigits === undefined) return null;
  const [whole = "", fraction = ""] = value.replace(/^[+-]/, "").split(".");
  const [significant, places] = [whole.replace(/^0+/, ""), fraction.replace(/0+$/, "")];
  if (fractionDigits !== undefined && places.length > fractionDigits)
    return `may have ${fractionDigits} digits after the point.`;
  if (totalDigits === undefined || significant.length + places.length <= totalDigits) return null;
  return `may have ${totalDigits} digits.`;
}

function listSome(values: string[]): string {
  return values.length > 20 ? `${values.slice(0, 20).join(", ")} and ${values.length - 20} more` : values.join(", ");
}
