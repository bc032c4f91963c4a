import type { Log } from "#lib/platform/retention/model.ts";

/** What a log is called on the page. */
export const logWords: Record<Log, string> = { runs: "Runs", credential_events: "Events of credentials" };

/** `90 days`, `for ever`. */
export function describeDays(days: number | null): string {
  if (days === null) return "for ever";
  return days === 1 ? "1 day" : `${days} days`;
}

/** A size as people read it: `12.3 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}
