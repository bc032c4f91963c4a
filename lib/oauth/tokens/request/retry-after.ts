import { findHeader } from "#lib/platform/net/headers.ts";

const maxRetryAfterMs = 3_600_000;
const unitsMs: [name: RegExp, ms: number][] = [
  [/^(ms|msecs?|millis|milliseconds?)$/i, 1],
  [/^(|s|secs?|seconds?)$/i, 1000],
  [/^(m|mins?|minutes?)$/i, 60_000],
  [/^(h|hrs?|hours?)$/i, 3_600_000],
  [/^(d|days?)$/i, 86_400_000],
];

/**
 * Reads how long the server wants no request, at most an hour. RFC 9110 section 10.2.3 allows seconds and dates; servers
 * also send decimals, quotes, units, ISO 8601 durations, and lists, of which the longest wait counts. A date is compared
 * with the server's own clock if it sends one, so that an incorrect clock doesn't matter.
 * @returns milliseconds; null if there's no value, or none that can be read.
 */
export function readRetryAfter(headers: readonly [string, string][], now: number): number | null {
  const values = headers.filter(([name]) => name === "retry-after").map(([, value]) => unquote(value.slice(0, 200)));
  const clock = readServerTime(headers) ?? now;
  const waits = values.flatMap((value) => {
    const wait = readWait(value, clock);
    return wait === null ? value.split(/[,;]/).map((part) => readWait(unquote(part), clock)) : [wait];
  });
  const known = waits.filter((wait) => wait !== null);
  return known.length === 0 ? null : Math.min(Math.max(0, ...known), maxRetryAfterMs);
}

/** Reads the server's clock from its `Date` (RFC 9110 section 6.6.1) in milliseconds; null if it sends none. */
export function readServerTime(headers: readonly [string, string][]): number | null {
  const time = Date.parse(findHeader(headers, "date") ?? "");
  return Number.isNaN(time) ? null : time;
}

function unquote(text: string): string {
  return text.replace(/^[\s"']+|[\s"']+$/g, "");
}

function readWait(text: string, clock: number): number | null {
  return readDuration(text) ?? readIsoDuration(text) ?? readDate(text, clock);
}

/** `120`, `1.5`, `120s`, `2 minutes`, `1m30s` */
function readDuration(text: string): number | null {
  const pieces = [...text.matchAll(/\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)/gi)];
  if (pieces.length === 0 || pieces.map(([piece]) => piece).join("") !== text) return null;
  // Only the last number can lack its unit: "1m30" is a duration, "10 20" isn't.
  if (pieces.slice(0, -1).some(([, , unit]) => unit === "")) return null;
  let sum = 0;
  for (const [, number, unit = ""] of pieces) {
    const ms = unitsMs.find(([name]) => name.test(unit))?.[1];
    if (ms === undefined) return null;
    sum += Number(number) * ms;
  }
  return Math.ceil(sum);
}

/** `PT2M`, `PT1H30M`, `P1D` (ISO 8601). */
function readIsoDuration(text: string): number | null {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text);
  if (!match || !/\d/.test(text)) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.ceil((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
}

/** A date with the name of its month, or as in ISO 8601. Without a time zone it's GMT, as HTTP's dates are. */
function readDate(text: string, clock: number): number | null {
  if (!/\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|^\d{4}-\d\d-\d\dT/i.test(text)) return null;
  const hasZone = /(GMT|UTC|Z|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(hasZone ? text : `${text}${/T\d/.test(text) ? "Z" : " GMT"}`);
  return Number.isNaN(time) ? null : Math.max(0, time - clock);
}
