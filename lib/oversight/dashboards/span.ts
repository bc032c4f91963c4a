import { z } from "zod";

export const ranges = ["1h", "24h", "7d", "30d", "custom"] as const;
export type Range = (typeof ranges)[number];

const instant = z.iso.datetime({ offset: true, error: "Enter a time as in 2026-05-01T08:00:00Z." });

/** What a dashboard shows: a node (with what is under it) and a span of time; `since` and `until` count with `custom`. */
export const dashboardQuery = z.object({
  nodeId: z.uuid().optional(),
  range: z.enum(ranges).default("24h"),
  since: instant.optional(),
  until: instant.optional(),
});
export type DashboardQuery = z.input<typeof dashboardQuery>;

/** A span of time in milliseconds, in steps of equal length. */
export type DashboardSpan = { range: Range; from: number; to: number; stepMs: number };

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const lengths = { "1h": hour, "24h": day, "7d": 7 * day, "30d": 30 * day };
const longest = 400 * day;

/**
 * The span that is meant, from a full step to a full step; pure. Up to two hours are shown by the minute, else by the hour,
 * a quarter of a day, or a day (UTC). A custom span that makes no sense is the last 24 hours.
 * @param now milliseconds.
 */
export function resolveSpan(query: z.output<typeof dashboardQuery>, now: number): DashboardSpan {
  const until = query.range === "custom" && query.until ? Math.min(Date.parse(query.until), now) : now;
  const wanted = query.range === "custom" && query.since ? until - Date.parse(query.since) : day;
  const length = query.range === "custom" ? Math.min(longest, wanted > 0 ? wanted : day) : lengths[query.range];
  const stepMs = chooseStep(length);
  // Longer spans begin and end with an hour at least, since that is what is counted.
  const grid = Math.min(stepMs, hour);
  const to = Math.ceil(until / grid) * grid;
  return { range: query.range, from: Math.floor((until - length) / grid) * grid, to, stepMs };
}

function chooseStep(length: number): number {
  if (length <= 2 * hour) return minute;
  if (length <= 2 * day) return hour;
  return length <= 10 * day ? 6 * hour : day;
}

/** The starts of the steps of a span, in milliseconds; the first may begin before the span does. */
export function listSteps({ from, to, stepMs }: DashboardSpan): number[] {
  const first = Math.floor(from / stepMs) * stepMs;
  return Array.from({ length: Math.ceil((to - first) / stepMs) }, (_, index) => first + index * stepMs);
}
