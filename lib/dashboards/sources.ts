import { type SQL, sql } from "drizzle-orm";
import { getDb } from "../db/client.ts";
import { countRequests, countRuns, type Span, timeOf } from "../rollups/count.ts";
import { durationColumns } from "../rollups/durations.ts";
import type { DashboardSpan } from "./span.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How far each log is counted, in milliseconds. */
export type Counted = { runs: number; runDays: number; requests: number };

/** Reads how far the logs are counted; what is not is counted from the rows. */
export async function readCounted(): Promise<Counted> {
  const { rows } = await getDb().execute<{ log: string; until: number; days: number }>(sql`
    select log, extract(epoch from until)::float8 * 1000 as until, extract(epoch from days_until)::float8 * 1000 as days
    from rollup_states`);
  const of = (log: string) => rows.find((row) => row.log === log);
  return {
    runs: of("runs")?.until ?? 0,
    runDays: of("runs")?.days ?? 0,
    requests: of("credential_events")?.until ?? 0,
  };
}

/** The step that a row's `at` lies in, as SQL. Whole numbers inside, where `extract` would make numerics of every row. */
export const stepOf = (at: SQL, stepMs: number): SQL =>
  sql`date_bin(${sql.raw(`'${stepMs / 1000} seconds'::interval`)}, ${at}, 'epoch'::timestamptz)`;

/** A step as milliseconds since 1970, as SQL. */
export const msOf = (step: SQL): SQL => sql`extract(epoch from ${step})::float8 * 1000`;

const runColumns = sql.raw(
  ["at", "trigger_id", "trigger_name", "node_id", "node_path", "status", "error_code", "runs", ...durationColumns].join(
    ", ",
  ),
);

const between = ({ from, to }: Span) => sql`at >= ${new Date(from)} and at < ${new Date(to)}`;

/**
 * Runs of a span as rows with the columns of `run_hours`: whole days from the counts of days, whole hours from those of
 * hours, and what is not counted yet from the runs themselves.
 * @param byDay whether days may stand for their hours. @param where over `node_path` and `trigger_id`.
 */
export function selectRunCounts(span: DashboardSpan, counted: Counted, where: SQL, byDay: boolean): SQL {
  const { from, to, stepMs } = span;
  const raw = (part: Span) => countRuns(stepOf(timeOf(sql`id`), Math.min(stepMs, hourMs)), part, where);
  if (stepMs < hourMs || counted.runs <= from) return raw(span);
  const hours = (part: Span) => sql`select ${runColumns} from run_hours where ${between(part)} and ${where}`;
  const parts: SQL[] = [];
  const end = Math.min(to, counted.runs);
  const days = {
    from: Math.ceil(from / dayMs) * dayMs,
    to: Math.floor(Math.min(end, counted.runDays) / dayMs) * dayMs,
  };
  if (byDay && days.to > days.from) {
    parts.push(sql`select ${runColumns} from run_days where ${between(days)} and ${where}`);
    parts.push(hours({ from, to: days.from }), hours({ from: days.to, to: end }));
  } else parts.push(hours({ from, to: end }));
  if (end < to) parts.push(sql`select * from (${raw({ from: end, to })}) tail`);
  return sql.join(parts, sql` union all `);
}

/**
 * Token requests and sign-ins of a span as rows with the columns of `request_hours`. For one node they are counted from the
 * event logs of its credentials, of which it has few.
 * @param where condition over `c`, the credential; null = all, from the counts.
 */
export function selectRequestCounts(span: DashboardSpan, counted: Counted, where: SQL | null): SQL {
  const { from, to, stepMs } = span;
  const raw = (part: Span) =>
    countRequests(stepOf(timeOf(sql`e.id`), Math.min(stepMs, hourMs)), part, where ?? sql`true`);
  if (where !== null || stepMs < hourMs || counted.requests <= from) return raw(span);
  const end = Math.min(to, counted.requests);
  const rolled = sql`select at, kind, host, credential_id, outcome, reason, requests from request_hours where ${between({ from, to: end })}`;
  return end < to ? sql`${rolled} union all select * from (${raw({ from: end, to })}) tail` : rolled;
}
