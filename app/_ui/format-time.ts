/** Cookie that holds the browser's IANA time zone, so that the server renders the same times. */
export const timeZoneCookie = "sallyport.tz";

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the runtime knows the IANA time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: isTimeZone(timeZone) ? timeZone : "UTC",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "shortOffset",
    });
    formats.set(timeZone, format);
  }
  return format;
}

/**
 * `2026-11-24 05:48` in a time zone; put together from parts, since the punctuation of `format()` differs between ICU
 * versions of server and browser.
 * @param precision `full` adds the seconds and the offset (`2026-11-24 05:48:03 UTC+1`).
 */
export function formatInstant(ms: number, timeZone: string, precision: "minute" | "second" | "full" | "date"): string {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of formatFor(timeZone).formatToParts(ms)) part[type] = value;
  const day = `${part.year}-${part.month}-${part.day}`;
  if (precision === "date") return day;
  const minute = `${day} ${part.hour}:${part.minute}`;
  if (precision === "minute") return minute;
  if (precision === "second") return `${minute}:${part.second}`;
  return `${minute}:${part.second} ${(part.timeZoneName ?? "").replace("GMT", "UTC")}`;
}

const units = [
  { name: "y", ms: 365 * 86_400_000 },
  { name: "mo", ms: 30 * 86_400_000 },
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "min", ms: 60_000 },
] as const;

/** `3 min ago`, `in 2 h`, `just now`; one unit, rounded down. */
export function formatRelative(ms: number, now: number): string {
  const distance = Math.abs(now - ms);
  const unit = units.find((candidate) => distance >= candidate.ms);
  // The clock of a page is up to 15 s behind what has just been done on the server.
  if (!unit) return ms > now + 20_000 ? "in under a minute" : "just now";
  const text = `${Math.floor(distance / unit.ms)} ${unit.name}`;
  return ms > now ? `in ${text}` : `${text} ago`;
}

/** A length of time: `12 ms`, `1.2 s`, `2 min 3 s`, `1 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return "< 1 ms";
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1).replace(/\.0$/, "")} s`;
  const seconds = Math.round(ms / 1000);
  const pair = (big: number, bigName: string, small: number, smallName: string) =>
    small === 0 ? `${big} ${bigName}` : `${big} ${bigName} ${small} ${smallName}`;
  if (seconds < 3600) return pair(Math.floor(seconds / 60), "min", seconds % 60, "s");
  if (seconds < 86_400) return pair(Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min");
  return pair(Math.floor(seconds / 86_400), "d", Math.floor((seconds % 86_400) / 3600), "h");
}
