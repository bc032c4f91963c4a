/** A point in time in units of 10^-20 s, and whether its time zone is known. */
type Instant = { at: bigint; hasZone: boolean };

const second = 10n ** 20n;
const day = 24n * 60n * 60n * second;
/** Time zones reach from -14:00 to +14:00. */
const widestZone = 14n * 60n * 60n * second;

const clock = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d(?:\\.\\d+)?)";
const forms: Record<string, RegExp> = Object.fromEntries(
  Object.entries({
    dateTime: `(?<year>-?\\d{4,30})-(?<month>\\d\\d)-(?<day>\\d\\d)T${clock}`,
    date: "(?<year>-?\\d{4,30})-(?<month>\\d\\d)-(?<day>\\d\\d)",
    time: clock,
    gYearMonth: "(?<year>-?\\d{4,30})-(?<month>\\d\\d)",
    gYear: "(?<year>-?\\d{4,30})",
    gMonthDay: "--(?<month>\\d\\d)-(?<day>\\d\\d)",
    gMonth: "--(?<month>\\d\\d)",
    gDay: "---(?<day>\\d\\d)",
  }).map(([base, form]) => [base, new RegExp(`^${form}(?<zone>Z|[+-]\\d\\d:\\d\\d)?$`)]),
);

/**
 * Compares dates and times, with and without a time zone (XML Schema part 2, section 3.2.7.4). NaN if that depends on the time zone that
 * one of them lacks.
 */
export function compareInstants(base: string, one: string, other: string): number {
  const [a, b] = [readInstant(base, one), readInstant(base, other)];
  if (!a || !b) return Number.NaN;
  const difference = a.at - b.at;
  const margin = a.hasZone === b.hasZone ? 0n : widestZone;
  if (difference > margin) return 1;
  if (difference < -margin) return -1;
  return margin === 0n ? 0 : Number.NaN;
}

/** What a value doesn't say is that of December 1972, a leap year. */
function readInstant(base: string, text: string): Instant | null {
  const groups = Object.hasOwn(forms, base) ? forms[base]!.exec(text)?.groups : undefined;
  if (!groups) return null;
  const {
    year = "1972",
    month = "12",
    day: date = "01",
    hour = "0",
    minute = "0",
    second: seconds = "0",
    zone,
  } = groups;
  const days = countDays(BigInt(year), BigInt(month) - 1n) + BigInt(date) - 1n;
  const time = (BigInt(hour) * 60n + BigInt(minute)) * 60n * second + readSeconds(seconds);
  return { at: days * day + time - readZone(zone), hasZone: zone !== undefined };
}

function readZone(text = "Z"): bigint {
  if (text === "Z") return 0n;
  const [hours = "0", minutes = "0"] = text.slice(1).split(":");
  const offset = (BigInt(hours) * 60n + BigInt(minutes)) * 60n * second;
  return text.startsWith("-") ? -offset : offset;
}

function readSeconds(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * second + BigInt(fraction.slice(0, 20).padEnd(20, "0"));
}

/** The days from the year 0 to the first day of a month, in the calendar without end in both directions. */
function countDays(year: bigint, month: bigint): bigint {
  const months = year * 12n + month;
  const inYear = ((months % 12n) + 12n) % 12n;
  const years = (months - inYear) / 12n;
  // The year begins in March, so that the leap day is its last one.
  const shifted = inYear < 2n ? years - 1n : years;
  const before = (153n * ((inYear + 10n) % 12n) + 2n) / 5n;
  return 365n * shifted + floor(shifted, 4n) - floor(shifted, 100n) + floor(shifted, 400n) + before;
}

const floor = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by;

/** The dates from which durations are compared (section 3.2.6.2). */
const starts: [bigint, bigint][] = [
  [1696n, 8n],
  [1697n, 1n],
  [1903n, 2n],
  [1903n, 6n],
];

/** Compares durations. NaN if that depends on the date from which they're counted, as for a month and 30 days. */
export function compareDurations(one: string, other: string): number {
  const [a, b] = [readDuration(one), readDuration(other)];
  if (!a || !b) return Number.NaN;
  const signs = new Set(
    starts.map(([year, month]) => {
      const [end, otherEnd] = [a, b].map(({ months, rest }) => countDays(year, month + months) * day + rest);
      return end! < otherEnd! ? -1 : end! > otherEnd! ? 1 : 0;
    }),
  );
  return signs.size === 1 ? [...signs][0]! : Number.NaN;
}

const duration =
  /^(-?)P(?:(\d{1,30})Y)?(?:(\d{1,30})M)?(?:(\d{1,30})D)?(?:T(?:(\d{1,30})H)?(?:(\d{1,30})M)?(?:(\d{1,30}(?:\.\d+)?)S)?)?$/;

function readDuration(text: string): { months: bigint; rest: bigint } | null {
  const found = duration.exec(text);
  if (!found) return null;
  const [, sign, years = "0", months = "0", days = "0", hours = "0", minutes = "0", seconds = "0"] = found;
  const whole = BigInt(years) * 12n + BigInt(months);
  const rest = BigInt(days) * day + (BigInt(hours) * 60n + BigInt(minutes)) * 60n * second + readSeconds(seconds);
  return sign === "-" ? { months: -whole, rest: -rest } : { months: whole, rest };
}
