"use client";
import { useClock } from "./clock.tsx";
import { formatInstant, formatRelative } from "./format-time.ts";

type Props = {
  /** ISO string or ms; null shows `fallback`. */
  at: string | number | null;
  /** `both` (default): "2026-11-24 05:48 · 3 min ago"; `date`: the day alone. */
  show?: "both" | "relative" | "absolute" | "date";
  /** With seconds, for logs. */
  seconds?: boolean;
  fallback?: string;
};

/** A point in time in the person's time zone; the title has the full time with its offset. */
export function Instant({ at, show = "both", seconds = false, fallback = "never" }: Props) {
  const { now, timeZone } = useClock();
  const ms = at === null ? Number.NaN : new Date(at).getTime();
  if (Number.isNaN(ms)) return <span className="text-dimmed">{fallback}</span>;
  const absolute = formatInstant(ms, timeZone, show === "date" ? "date" : seconds ? "second" : "minute");
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatInstant(ms, timeZone, "full")} className="tabular-nums">
      <span className="whitespace-nowrap">{show === "relative" ? formatRelative(ms, now) : absolute}</span>
      {show === "both" && (
        <>
          {" "}
          <span className="whitespace-nowrap text-dimmed">· {formatRelative(ms, now)}</span>
        </>
      )}
    </time>
  );
}
