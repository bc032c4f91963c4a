import { isInteger } from "../lexical.ts";
import { compareDurations, compareInstants } from "./times.ts";

/**
 * Compares two values of a built-in type (XML Schema part 2, section 3): below, at, or above 0. NaN for types without an order, and for
 * dates and durations whose order is undefined.
 */
export function compareValues(base: string, one: string, other: string): number {
  if (isInteger(base) || base === "decimal") return compareDecimals(one, other);
  if (base === "float" || base === "double") return compareFloats(one, other);
  return base === "duration" ? compareDurations(one, other) : compareInstants(base, one, other);
}

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?$/;

type Decimal = { sign: number; whole: string; fraction: string };

/** Compares digits, since making numbers of a million digits takes long. */
function compareDecimals(one: string, other: string): number {
  const [a, b] = [readDecimal(one), readDecimal(other)];
  if (!a || !b) return Number.NaN;
  if (a.sign !== b.sign) return a.sign < b.sign ? -1 : 1;
  const order =
    a.whole.length - b.whole.length || compareTexts(a.whole, b.whole) || compareTexts(a.fraction, b.fraction);
  return a.sign * Math.sign(order);
}

function readDecimal(text: string): Decimal | null {
  const found = decimal.exec(text);
  if (!found) return null;
  const [, sign, digits = "", places = ""] = found;
  let [start, end] = [0, places.length];
  while (digits[start] === "0") start++;
  while (places[end - 1] === "0") end--;
  const [whole, fraction] = [digits.slice(start), places.slice(0, end)];
  return { sign: whole === "" && fraction === "" ? 0 : sign === "-" ? -1 : 1, whole, fraction };
}

const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** NaN equals itself and is above all others (section 3.2.4). */
function compareFloats(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => Number(text.replace("INF", "Infinity"))) as [number, number];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
