import { type SQL, sql } from "drizzle-orm";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentialTexts } from "#drizzle/schema/credential-texts.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { lowestIdAt } from "#lib/platform/db/uuid-time.ts";
import { durationBounds, durationColumns } from "./durations.ts";

/** A span of time in milliseconds, `to` is not in it. */
export type Span = { from: number; to: number };

/** The rows of a log whose ids were made in a span of time. */
export function idsWithin(id: SQL, { from, to }: Span): SQL {
  return sql`${id} >= ${lowestIdAt(from)} and ${id} < ${lowestIdAt(Math.max(from, to))}`;
}

/** The time of a row's id, as SQL. */
export const timeOf = (id: SQL) =>
  sql`to_timestamp(('x' || translate(substr(${id}::text, 1, 13), '-', ''))::bit(48)::bigint / 1000.0)`;

const classes = sql.raw(
  durationColumns
    .map(
      (name, index) => `count(*) filter (where class = ${index} and status in ('succeeded', 'failed'))::int as ${name}`,
    )
    .join(", "),
);
const bounds = sql.raw(`array[${durationBounds.join(", ")}]`);

/**
 * Counts the runs of a span of time: the columns of `run_hours`, in their order. What is not counted yet is counted by it on
 * the fly, so that both always agree.
 * @param at when the group is, as SQL over `id`. @param where narrows the rows.
 */
export function countRuns(at: SQL, span: Span, where: SQL = sql`true`): SQL {
  return sql`
    select at, trigger_id, max(trigger_name) as trigger_name, node_id, node_path, status, error_code, count(*)::int as runs, ${classes}
    from (
      select ${at} as at, trigger_id, trigger_name, node_id, node_path, status, coalesce(error_code, '') as error_code,
        width_bucket(duration_ms, ${bounds}) as class
      from ${runs} where ${idsWithin(sql`id`, span)} and ${where}
    ) run
    group by at, trigger_id, node_id, node_path, status, error_code`;
}

/**
 * Counts the runs of a span by trigger alone: `trigger_id`, `trigger_name`, `runs`, `failed` and the classes of durations. What
 * `countRuns` counts, added up, in a third of the time.
 */
export function countTriggers(span: Span, where: SQL): SQL {
  return sql`
    select trigger_id, max(trigger_name) as trigger_name, count(*)::int as runs, (count(*) filter (where status = 'failed'))::int as failed, ${classes}
    from (
      select trigger_id, trigger_name, status, width_bucket(duration_ms, ${bounds}) as class
      from ${runs} where ${idsWithin(sql`id`, span)} and ${where}
    ) run
    group by trigger_id`;
}

/** Counts token requests and sign-ins likewise: the columns of `request_hours`. Events of other kinds ask for no token. */
export function countRequests(at: SQL, span: Span, where: SQL = sql`true`): SQL {
  return sql`
    select at, kind, host, credential_id, outcome, reason, count(*)::int as requests
    from (
      select ${at} as at, e.kind, coalesce(t.host, '') as host, e.outcome,
        case when e.kind = 'sign_in' then e.credential_id end as credential_id,
        case when e.outcome = 'failed' then coalesce(e.provider_code, e.error_code, '') else '' end as reason
      from ${credentialEvents} e left join ${credentialTexts} t on t.credential_id = e.credential_id
      where ${idsWithin(sql`e.id`, span)} and e.kind in ('check', 'token_request', 'sign_in') and ${where}
    ) event
    group by at, kind, host, credential_id, outcome, reason`;
}
