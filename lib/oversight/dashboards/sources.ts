import { type SQL, sql } from "drizzle-orm";
import { countRequests, countTriggers, idsWithin, type Span } from "#lib/oversight/rollups/count.ts";
import { durationColumns } from "#lib/oversight/rollups/durations.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { lowestIdAt } from "#lib/platform/db/uuid-time.ts";
import { type DashboardSpan, listSteps } from "./span.ts";

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

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

/** The number of the step that a counted row's `at` lies in, from 0, as SQL. */
const stepOfTime = (span: DashboardSpan) =>
  sql`width_bucket(at, ${sql.param(listSteps(span).map((ms) => new Date(ms).toISOString()))}::timestamptz[]) - 1`;

/** The same of an id. Ids are compared with the lowest of each step: much quicker than to read the time of each. */
const stepOfId = (id: SQL, span: DashboardSpan) =>
  sql`width_bucket(${id}, ${sql.param(listSteps(span).map(lowestIdAt))}::uuid[]) - 1`;

const between = ({ from, to }: Span) => sql`at >= ${new Date(from)} and at < ${new Date(to)}`;

/** A span in two: what is counted, and what is to be counted from the rows. Hours are counted, so minutes never are. */
function splitSpan({ from, to, stepMs }: DashboardSpan, until: number): { counted: Span | null; raw: Span | null } {
  if (stepMs < hourMs || until <= from) return { counted: null, raw: { from, to } };
  const end = Math.min(to, until);
  return { counted: { from, to: end }, raw: end < to ? { from: end, to } : null };
}

/** The whole days (UTC) of what is counted, and the hours before and behind them. */
function splitDays({ from, to }: Span, daysUntil: number): { days: Span | null; hours: Span[] } {
  const days = {
    from: Math.ceil(from / dayMs) * dayMs,
    to: Math.floor(Math.min(to, daysUntil) / dayMs) * dayMs,
  };
  if (days.to <= days.from) return { days: null, hours: [{ from, to }] };
  const hours = [
    { from, to: days.from },
    { from: days.to, to },
  ];
  return { days, hours: hours.filter((part) => part.to > part.from) };
}

/**
 * Runs of a span as rows of `step`, `succeeded`, `failed` and `other`.
 * @param where over `node_path`.
 */
export function selectRunSteps(span: DashboardSpan, { runs: until, runDays }: Counted, where: SQL): SQL {
  const { counted, raw } = splitSpan(span, until);
  // Days stand for their hours only where no step is shorter.
  const { days, hours } = counted
    ? splitDays(counted, span.stepMs % dayMs === 0 ? runDays : 0)
    : { days: null, hours: [] };
  const select = (table: string, part: Span) =>
    sql`select ${stepOfTime(span)} as step, succeeded, failed, other from ${sql.raw(table)} where ${between(part)} and ${where}`;
  return unionOf(
    days && select("node_days", days),
    ...hours.map((part) => select("node_hours", part)),
    raw &&
      sql`select ${stepOfId(sql`id`, span)} as step, (count(*) filter (where status = 'succeeded'))::int as succeeded,
        (count(*) filter (where status = 'failed'))::int as failed, (count(*) filter (where status not in ('succeeded', 'failed')))::int as other
      from runs where ${idsWithin(sql`id`, raw)} and ${where} group by 1`,
  );
}

const triggerColumns = sql.raw(
  [
    "trigger_id",
    "trigger_name",
    "runs",
    "case when status = 'failed' then runs else 0 end as failed",
    ...durationColumns,
  ].join(", "),
);

/**
 * Runs of a span as rows of `trigger_id`, `trigger_name`, `runs`, `failed` and the classes of durations: whole days from the
 * counts of days, whole hours from those of hours, and what is not counted yet from the runs themselves.
 * @param where over `node_path` and `trigger_id`.
 */
export function selectTriggerCounts(span: DashboardSpan, { runs: until, runDays }: Counted, where: SQL): SQL {
  const { counted, raw } = splitSpan(span, until);
  const { days, hours } = counted ? splitDays(counted, runDays) : { days: null, hours: [] };
  const select = (table: string, part: Span) =>
    sql`select ${triggerColumns} from ${sql.raw(table)} where ${between(part)} and ${where}`;
  return unionOf(
    days && select("run_days", days),
    ...hours.map((part) => select("run_hours", part)),
    raw && countTriggers(raw, where),
  );
}

const ofTokens = sql`e.kind in ('check', 'token_request')`;
const ofSignIns = sql`e.kind = 'sign_in'`;

/**
 * Token requests of a span as rows of `step`, `host`, `outcome`, `reason` and `requests`. For one node they are counted from the
 * event logs of its credentials, of which it has few.
 * @param where condition over `e`, the event; null = all, from the counts.
 */
export function selectRequestSteps(span: DashboardSpan, until: number, where: SQL | null): SQL {
  const { counted, raw } = splitSpan(span, where === null ? until : 0);
  return unionOf(
    counted &&
      sql`select ${stepOfTime(span)} as step, host, outcome, reason, requests from request_hours where ${between(counted)} and kind <> 'sign_in'`,
    raw &&
      sql`select at as step, host, outcome, reason, requests from (
        ${countRequests(stepOfId(sql`e.id`, span), raw, and(ofTokens, where))}) tail`,
  );
}

/** Sign-ins of a span likewise, as rows of `credential_id`, `outcome`, `reason` and `requests`. They are of no step: there may be very many profiles. */
export function selectSignIns(span: DashboardSpan, until: number, where: SQL | null): SQL {
  const { counted, raw } = splitSpan(span, where === null ? until : 0);
  return unionOf(
    counted &&
      sql`select credential_id, outcome, reason, requests from request_hours where ${between(counted)} and kind = 'sign_in'`,
    raw &&
      sql`select credential_id, outcome, reason, requests from (${countRequests(sql`0`, raw, and(ofSignIns, where))}) tail`,
  );
}

const and = (one: SQL, other: SQL | null) => (other === null ? one : sql`${one} and ${other}`);

function unionOf(...parts: (SQL | null | false)[]): SQL {
  return sql.join(
    parts.filter((part) => part !== null && part !== false),
    sql` union all `,
  );
}
