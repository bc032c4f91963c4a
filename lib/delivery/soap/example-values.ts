import type { Budget } from "./budget.ts";
import { findType } from "./builtin.ts";
import { findLexicalProblem } from "./find-lexical-problem.ts";
import { exampleOf } from "./lexical.ts";
import type { Facets, SimpleType, Types } from "./model.ts";
import type { QName } from "./names.ts";
import { exampleOfPattern } from "./pattern-example.ts";
import { isQNameType } from "./qname-values.ts";

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

function* shiftDate(base: string, bound: string, step: 1 | -1): Generator<string> {
  const [, time = ""] = /^(-?\d{4,}-\d\d-\d\d(?:T[\d:.]+)?)/.exec(bound) ?? [];
  const at = Date.parse(base === "date" ? time.slice(0, 10) : /Z|[+-]\d\d:\d\d$/.test(bound) ? bound : `${bound}Z`);
  if (Number.isNaN(at)) return;
  const moved = new Date(at + step * 24 * 60 * 60 * 1000).toISOString();
  yield base === "date" ? moved.slice(0, 10) : moved.replace(".000Z", "Z");
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
