import { findType } from "../builtin.ts";
import { forms, isInteger, ranges } from "../lexical.ts";
import type { Facets, SimpleType, Types } from "../model.ts";
import type { QName } from "../names.ts";
import { matchesPattern } from "../patterns/match-pattern.ts";
import { PatternError } from "../patterns/translate.ts";
import { isSameValue, measure, normalizeSpace, splitList } from "../types/facets.ts";
import { findQNameProblem, isQNameType } from "../types/qname-values.ts";
import { Budget } from "../xml/budget.ts";
import { isXmlText } from "../xml/elements.ts";
import { compareValues } from "./compare.ts";

const integer = /^[+-]?\d+$/;
/** What checking one value alone can take. */
const maxSteps = 5_000_000;
/** How deep restricted unions lead to each other. */
const maxUnions = 50;

/**
 * Why a text is not a value of a simple type, as a sentence; null when it is one.
 */
export function findLexicalProblem(
  types: Types,
  type: SimpleType,
  text: string,
  work = new Budget("this value", maxSteps),
  depth = 0,
): string | null {
  work.take();
  if (!isXmlText(text)) return "holds a control character, which XML can't hold.";
  if (depth > maxUnions) return `can't be checked: more than ${maxUnions} unions lead to each other.`;
  if (type.unionOf) return checkUnion(types, type, text, work, depth);
  if (type.listOf) return checkList(types, type, text, work);
  const { base } = type;
  const value = normalizeSpace(type, text);
  if (isQNameType(type)) {
    work.take((type.enumeration?.length ?? 0) / 10);
    return findQNameProblem(type, value) ?? (type.facets ? checkPatterns(type.facets, value, work) : null);
  }
  const problem = checkBase(base, value) ?? checkEnumeration(types, type, value, work);
  if (problem) return problem;
  return type.facets ? checkFacets(base, type.facets, value, work) : null;
}

/** @param memberOf the type that a text is a value of: a union has several. */
function checkEnumeration(
  types: Types,
  type: SimpleType,
  text: string,
  work: Budget,
  memberOf?: (text: string) => SimpleType | null,
): string | null {
  const { enumeration = [] } = type;
  work.take(enumeration.length / 10);
  if (enumeration.length === 0 || enumeration.includes(text)) return null;
  work.take(enumeration.length * (1 + text.length / 1000));
  if (enumeration.some((each) => isSameValue(types, type, text, each, memberOf))) return null;
  return `must be one of ${listSome(enumeration)}.`;
}

/** The first member that allows a text decides what it means (XML Schema part 2, section 2.5.1.3). */
function checkUnion(types: Types, type: SimpleType, text: string, work: Budget, depth: number): string | null {
  const members = listMembers(types, type, work);
  if (!isRestricted(type)) return checkMembers(types, members, text, work, depth);
  const memberOf = (each: string) =>
    members.find((member) => findLexicalProblem(types, member, each, work, depth + 1) === null) ?? null;
  const member = memberOf(text);
  if (member === null) return checkMembers(types, members, text, work, depth);
  const unlisted = checkEnumeration(types, type, text, work, (each) => (each === text ? member : memberOf(each)));
  if (unlisted) return unlisted;
  return type.facets ? checkPatterns(type.facets, member.unionOf ? text : normalizeSpace(member, text), work) : null;
}

const isRestricted = ({ enumeration, facets }: SimpleType): boolean =>
  enumeration !== undefined || facets !== undefined;

function checkMembers(types: Types, members: SimpleType[], text: string, work: Budget, depth: number): string | null {
  const problems = [];
  for (const member of members) {
    const problem = findLexicalProblem(types, member, text, work, depth + 1);
    if (problem === null) return null;
    problems.push(problem);
  }
  return problems[0] ?? null;
}

/** The types of a union that are not unions, or restricted ones, each once, however the unions lead to each other. */
function listMembers(types: Types, union: SimpleType, work: Budget): SimpleType[] {
  const seen = new Set<QName>();
  const found: SimpleType[] = [];
  const waiting = [...(union.unionOf ?? [])].reverse();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    work.take();
    const member = findType(types, name);
    if (member?.kind !== "simple") continue;
    if (member.unionOf && !isRestricted(member)) waiting.push(...member.unionOf.toReversed());
    else found.push(member);
  }
  return found;
}

function checkList(types: Types, type: SimpleType, text: string, work: Budget): string | null {
  const item = findType(types, type.listOf!);
  const parts = splitList(text);
  // Lists of lists aren't allowed, and could lead back to themselves.
  const items =
    item?.kind === "simple" ? (item.unionOf && !isRestricted(item) ? listMembers(types, item, work) : [item]) : [];
  const members = items.filter(({ listOf }) => listOf === undefined);
  const problem = firstProblem(parts, (part) => checkMembers(types, members, part, work, 0));
  if (problem) return problem;
  const value = parts.join(" ");
  const unlisted = checkEnumeration(types, type, value, work);
  if (unlisted || !type.facets) return unlisted;
  return checkLength(type.facets, parts.length, "entries") ?? checkPatterns(type.facets, value, work);
}

function checkBase(base: string, value: string): string | null {
  if (isInteger(base)) {
    if (!integer.test(value)) return `must be a whole number (${base}).`;
    const [min, max] = ranges[base]!;
    const compare = (bound: bigint) => compareValues(base, value, String(bound));
    if (min !== null && compare(min) < 0) return `must be at least ${min} (${base}).`;
    return max !== null && compare(max) > 0 ? `must be at most ${max} (${base}).` : null;
  }
  const known = forms[base];
  if (known && !known.form.test(value)) return `must be a ${base} such as ${known.example}.`;
  if (base === "base64Binary") return isPadded(value) ? null : "must be base64 with its padding.";
  if (!isCalendarDay(base, value)) return `is no day of the calendar (${base}).`;
  return null;
}

/** The bits that no octet needs are 0 (XML Schema part 2, section 3.2.16). */
function isPadded(value: string): boolean {
  const text = value.replaceAll(" ", "");
  return text.length % 4 === 0 && /^(|[^=]{4}|..[AEIMQUYcgkosw048]=|.[AQgw]==)$/.test(text.slice(-4));
}

function isCalendarDay(base: string, value: string): boolean {
  if (base !== "date" && base !== "dateTime" && base !== "gMonthDay") return true;
  const [, year = "4", month, dayOfMonth] = /^(?:(-?\d+)|-)-(\d\d)-(\d\d)/.exec(value) ?? [];
  const days = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return Number(dayOfMonth) <= days[Number(month) - 1]!;
}

/** The last four digits decide. */
function isLeap(text: string): boolean {
  const year = Number(text.slice(-4));
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function checkFacets(base: string, facets: Facets, value: string, work: Budget): string | null {
  return (
    checkLength(facets, ...measure(base, value)) ??
    checkPatterns(facets, value, work) ??
    checkBounds(base, facets, value) ??
    checkDigits(facets, value)
  );
}

function checkLength({ length, minLength, maxLength }: Facets, size: number, what: string): string | null {
  if (length !== undefined && size !== length) return `must have ${length} ${what}.`;
  if (minLength !== undefined && size < minLength) return `must have at least ${minLength} ${what}.`;
  return maxLength !== undefined && size > maxLength ? `must have at most ${maxLength} ${what}.` : null;
}

function checkPatterns({ patterns = [] }: Facets, value: string, work: Budget): string | null {
  for (const step of patterns) {
    work.take(value.length);
    let unreadable: string | null = null;
    const fits = step.some((pattern) => {
      try {
        return matchesPattern(pattern, value);
      } catch (err) {
        if (!(err instanceof PatternError)) throw err;
        unreadable ??= `can't be checked against the pattern ${shorten(pattern)}: ${err.message}. Correct the pattern in the WSDL.`;
        return false;
      }
    });
    if (!fits) return unreadable ?? `must look like ${listSome(step)}.`;
  }
  return null;
}

function checkBounds(base: string, facets: Facets, value: string): string | null {
  const { minInclusive, maxInclusive, minExclusive, maxExclusive } = facets;
  // An invalid bound is a mistake in the schema. Values whose order is undefined aren't within bounds.
  const isWithin = (bound: string | undefined, fits: (order: number) => boolean) =>
    bound === undefined || checkBase(base, bound) !== null || fits(compareValues(base, value, bound));
  if (!isWithin(minInclusive, (order) => order >= 0)) return `must be at least ${minInclusive}.`;
  if (!isWithin(maxInclusive, (order) => order <= 0)) return `must be at most ${maxInclusive}.`;
  if (!isWithin(minExclusive, (order) => order > 0)) return `must be more than ${minExclusive}.`;
  return isWithin(maxExclusive, (order) => order < 0) ? null : `must be less than ${maxExclusive}.`;
}

function checkDigits({ totalDigits, fractionDigits }: Facets, value: string): string | null {
  if (totalDigits === undefined && fractionDigits === undefined) return null;
  const [whole = "", fraction = ""] = value.replace(/^[+-]/, "").split(".");
  const [significant, places] = [whole.replace(/^0+/, ""), trimZeros(fraction)];
  if (fractionDigits !== undefined && places.length > fractionDigits)
    return `may have ${fractionDigits} digits after the point.`;
  if (totalDigits === undefined || significant.length + places.length <= totalDigits) return null;
  return `may have ${totalDigits} digits.`;
}

/** By hand: a pattern for zeros at the end looks from each zero to the end. */
function trimZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}

function firstProblem(parts: string[], check: (part: string) => string | null): string | null {
  for (const part of parts) {
    const problem = check(part);
    if (problem !== null) return problem;
  }
  return null;
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

function listSome(values: string[]): string {
  return values.length > 20 ? `${values.slice(0, 20).join(", ")} and ${values.length - 20} more` : values.join(", ");
}
