import { findType } from "../builtin.ts";
import { exampleOf } from "../lexical.ts";
import type { Facets, SimpleType, Types } from "../model.ts";
import type { QName } from "../names.ts";
import { isQNameType } from "../types/qname-values.ts";
import { findLexicalProblem } from "../value-space/find-lexical-problem.ts";
import type { Budget } from "../xml/budget.ts";
import { exampleOfPattern } from "./pattern-example.ts";

/** How many entries or characters are tried. */
const maxLength = 10_000;

/** Makes a value that fits a simple type, or returns `wanted` if that fits. */
export function exampleValue(types: Types, name: QName, work: Budget, wanted?: string): string {
  const type = findType(types, name);
  if (type?.kind !== "simple") return wanted ?? "";
  return findExample(types, type, wanted, work, 0) ?? exampleOf(type);
}

function findExample(
  types: Types,
  type: SimpleType,
  wanted: string | undefined,
  work: Budget,
  depth: number,
): string | null {
  const candidates = wanted === undefined ? listCandidates(types, type, work, depth) : [wanted];
  for (const candidate of candidates) if (findLexicalProblem(types, type, candidate, work) === null) return candidate;
  return null;
}

function* listCandidates(types: Types, type: SimpleType, work: Budget, depth: number): Generator<string> {
  const { enumeration, facets = {}, listOf, unionOf, base } = type;
  if (enumeration) {
    yield* enumeration;
    return;
  }
  const inner = (name: QName) => {
    const member = findType(types, name);
    return member?.kind === "simple" && depth < 10 ? findExample(types, member, undefined, work, depth + 1) : null;
  };
  if (unionOf) for (const name of unionOf) yield inner(name) ?? "";
  else if (listOf) {
    const item = inner(listOf) ?? "";
    const count = facets.length ?? facets.minLength ?? 1;
    yield Array.from({ length: Math.min(count, maxLength) }, () => item).join(" ");
  } else {
    yield isQNameType(type) ? "name" : exampleOf(type);
    if (Object.hasOwn(parts, base)) yield `${exampleOf(type)}Z`;
    yield* listBounds(base, facets);
    yield* listLengths(base, facets);
  }
  for (const pattern of facets.patterns?.flat() ?? []) {
    for (let extra = 0; extra <= 40; extra++) {
      const text = exampleOfPattern(pattern, extra);
      if (text !== null) yield text;
    }
  }
}

/** Values at the bounds, next to them, and between them. */
function* listBounds(base: string, facets: Facets): Generator<string> {
  const { minInclusive, maxInclusive, minExclusive, maxExclusive } = facets;
  for (const bound of [minInclusive, maxInclusive]) if (bound !== undefined) yield bound;
  for (const [bound, step] of [
    [minExclusive, 1],
    [maxExclusive, -1],
  ] as const) {
    if (bound === undefined) continue;
    if (/^[+-]?\d+$/.test(bound)) yield String(BigInt(bound) + BigInt(step));
    yield* shiftDate(base, bound, step);
  }
  const [low, high] = [Number(minInclusive ?? minExclusive), Number(maxInclusive ?? maxExclusive)];
  if (Number.isNaN(low + high)) {
    if (!Number.isNaN(low)) yield String(low + 0.5);
    if (!Number.isNaN(high)) yield String(high - 0.5);
  } else for (let digits = 0; digits <= 12; digits++) yield ((low + high) / 2).toFixed(digits);
  if (facets.totalDigits !== undefined) yield* ["1", "0"];
  if (base === "duration") yield* ["PT1S", "-PT1S", "P1D", "P1M", "P1Y", "P10Y", "P1000Y"];
}

/** How dates and times are completed to `2026-05-01T00:00:00`, and what of that they have. */
const parts: Record<string, [before: string, after: string, from: number, to: number]> = {
  dateTime: ["", "", 0, 19],
  date: ["", "T00:00:00", 0, 10],
  time: ["1972-12-15T", "", 11, 19],
  gYear: ["", "-06-15T00:00:00", 0, 4],
  gYearMonth: ["", "-15T00:00:00", 0, 7],
  gMonth: ["1972", "-15T00:00:00", 5, 7],
  gMonthDay: ["1972", "T00:00:00", 5, 10],
  gDay: ["1972-12", "T00:00:00", 8, 10],
};
const second = 1000;
const day = 24 * 60 * 60 * second;

/** Dates and times near a bound. */
function* shiftDate(base: string, bound: string, step: 1 | -1): Generator<string> {
  const [, text = "", zone = ""] = /^(.*?)(Z|[+-]\d\d:\d\d)?$/.exec(bound) ?? [];
  const form = Object.hasOwn(parts, base) ? parts[base]! : null;
  if (!form) return;
  const [before, after, from, to] = form;
  const at = Date.parse(`${before}${text.replace(/^--+/, "-")}${after}Z`);
  if (Number.isNaN(at)) return;
  const dashes = { gMonth: "--", gMonthDay: "--", gDay: "---" }[base] ?? "";
  for (const distance of [day, second, 31 * day, 366 * day]) {
    const moved = new Date(at + step * distance);
    if (!Number.isNaN(moved.getTime())) yield dashes + moved.toISOString().slice(from, to) + zone;
  }
}

/** Texts and binary data of the lengths that facets require. */
function* listLengths(base: string, { length, minLength, maxLength: most }: Facets): Generator<string> {
  const wanted = new Set([length, minLength, most].filter((each) => each !== undefined));
  for (const size of wanted) {
    const count = Math.min(size, maxLength);
    if (base === "hexBinary") yield "00".repeat(count);
    else if (base === "base64Binary") yield Buffer.alloc(count).toString("base64");
    else {
      for (const char of ["x", "1"]) yield char.repeat(count);
      // For language, whose subtags have at most 8 letters.
      yield "en-abcdefgh-abcdefgh-abcdefgh-abcdefgh".slice(0, count);
    }
  }
}
