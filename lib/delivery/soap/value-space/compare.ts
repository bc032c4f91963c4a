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

function compareDecimals(one: string, other: string): number {
  const [a, b] = [decimal.exec(one), decimal.exec(other)];
  if (!a || !b) return Number.NaN;
  const places = Math.max(a[3]?.length ?? 0, b[3]?.length ?? 0);
  const [x, y] = [a, b].map(([, sign, whole, fraction = ""]) => {
    const digits = BigInt(`${whole}${fraction.padEnd(places, "0")}`);
    return sign === "-" ? -digits : digits;
  }) as [bigint, bigint];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** NaN equals itself and is above all others (section 3.2.4). */
function compareFloats(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => Number(text.replace("INF", "Infinity"))) as [number, number];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
