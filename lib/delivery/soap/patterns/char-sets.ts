import { nameRanges, nameStartRanges } from "../xml/name-chars.ts";
import { findBlock } from "./blocks.ts";

/** A set of characters as code points, first and last of each range, in order. */
export type CharSet = readonly (readonly [number, number])[];

const last = 0x10ffff;

/** A set of any ranges, put in order and joined. */
export function toSet(ranges: Iterable<readonly [number, number]>): CharSet {
  const sorted = [...ranges].sort(([one], [other]) => one - other);
  const joined: [number, number][] = [];
  for (const [from, to] of sorted) {
    const before = joined.at(-1);
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** All other characters. */
export function invert(set: CharSet): CharSet {
  const found: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) found.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= last) found.push([next, last]);
  return found;
}

/** The characters of one set that aren't in another. */
export function subtract(set: CharSet, other: CharSet): CharSet {
  return invert(toSet([...invert(set), ...other]));
}

/** All characters in their order; surrogates, which XML can't hold, are left out. */
let everything: string | undefined;

const categories = new Map<string, CharSet>();
const categoryNames = new Set(
  "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn".split(" "),
);

/** The characters of `\p{NAME}` (XML Schema part 2, appendix F.1.1); undefined for an unknown name. */
export function findProperty(name: string): CharSet | undefined {
  const block = name.startsWith("Is") ? findBlock(name.slice(2)) : undefined;
  if (block) return [block];
  if (!categoryNames.has(name)) return undefined;
  const known = categories.get(name);
  if (known) return known;
  everything ??= listEverything();
  const runs: [number, number][] = [];
  // A run of characters in one category is a range, as the text has all of them in order.
  for (const [run] of everything.matchAll(new RegExp(`\\p{${name}}+`, "gu"))) {
    const from = run.codePointAt(0)!;
    const to = run.codePointAt(run.length - (run.codePointAt(run.length - 2)! > 0xffff ? 2 : 1))!;
    runs.push([from, to]);
  }
  const set = toSet(splitAtSurrogates(runs));
  categories.set(name, set);
  return set;
}

function listEverything(): string {
  const parts: string[] = [];
  const add = (from: number, to: number) => {
    for (let at = from; at <= to; at += 4096) {
      const length = Math.min(4096, to - at + 1);
      parts.push(String.fromCodePoint(...Array.from({ length }, (_, index) => at + index)));
    }
  };
  add(0, 0xd7ff);
  add(0xe000, last);
  return parts.join("");
}

/** A run over the gap of the surrogates is two ranges. */
function splitAtSurrogates(runs: [number, number][]): [number, number][] {
  return runs.flatMap(([from, to]): [number, number][] =>
    from < 0xd800 && to > 0xdfff
      ? [
          [from, 0xd7ff],
          [0xe000, to],
        ]
      : [[from, to]],
  );
}

const nameStart = toSet(nameStartRanges);
const nameChar = toSet(nameRanges);
const space = toSet([
  [0x9, 0xa],
  [0xd, 0xd],
  [0x20, 0x20],
]);

/** Any character but the ends of lines: `.`. */
export const notLineEnd = invert([
  [0xa, 0xa],
  [0xd, 0xd],
]);

/** The characters of `\s \i \c \d \w` and of `\S \I \C \D \W` (XML Schema part 2, appendix F.1.1); undefined for any other. */
export function findEscape(letter: string): CharSet | undefined {
  const lower = letter.toLowerCase();
  const set = lower === letter ? findLowerEscape(lower) : findEscape(lower);
  return set && lower !== letter ? invert(set) : set;
}

function findLowerEscape(letter: string): CharSet | undefined {
  if (letter === "s") return space;
  if (letter === "i") return nameStart;
  if (letter === "c") return nameChar;
  if (letter === "d") return findProperty("Nd");
  if (letter !== "w") return undefined;
  return invert(toSet(["P", "Z", "C"].flatMap((name) => [...findProperty(name)!])));
}
