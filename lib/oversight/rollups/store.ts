import { type SQL, sql } from "drizzle-orm";
import { requestHours, runDays, runHours } from "#drizzle/schema/run-rollups.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { lowestIdAt, timeOfId } from "#lib/platform/db/uuid-time.ts";
import { countRequests, countRuns } from "./count.ts";
import { durationColumns } from "./durations.ts";

/** The logs that are counted. */
export const countedLogs = ["runs", "credential_events"] as const;
export type CountedLog = (typeof countedLogs)[number];

/** How far a log is counted, in milliseconds. */
export type RollupState = {
  until: number;
  daysUntil: number;
  fencedUntil: number | null;
  /** Whether every transaction before the fence has ended. */
  isPassed: boolean;
  /** The database's clock. */
  now: number;
};

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Takes the right to count a log until the transaction ends; false when another worker has it. */
export async function takeRollup(tx: Transaction, log: CountedLog): Promise<boolean> {
  const { rows } = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtext('sallyport.rollups'), hashtext(${log})) as taken`,
  );
  return rows[0]!.taken;
}

/** How far a log is counted; a log that is counted for the first time begins with its oldest row. */
export async function readState(tx: Transaction, log: CountedLog): Promise<RollupState> {
  const read = sql`
    select extract(epoch from until)::float8 * 1000 as until, extract(epoch from days_until)::float8 * 1000 as "daysUntil",
      extract(epoch from fenced_until)::float8 * 1000 as "fencedUntil",
      coalesce(pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= fence, false) as "isPassed",
      extract(epoch from clock_timestamp())::float8 * 1000 as now
    from rollup_states where log = ${log}`;
  const { rows } = await tx.execute<RollupState>(read);
  if (rows[0]) return rows[0];
  const oldest = await findNext(tx, log, 0);
  const start = new Date(Math.floor((oldest ?? Date.now()) / dayMs) * dayMs);
  await tx.execute(sql`insert into rollup_states (log, until, days_until) values (${log}, ${start}, ${start})`);
  return (await tx.execute<RollupState>(read)).rows[0]!;
}

/** The time of the first row that is not older than `from`, in milliseconds; null when there is none. */
export async function findNext(tx: Transaction, log: CountedLog, from: number): Promise<number | null> {
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from ${sql.identifier(log)} where id >= ${lowestIdAt(from)} order by id limit 1`,
  );
  return rows[0] ? timeOfId(rows[0].id) : null;
}

/**
 * Notes which transactions must end before the hours until `fencedUntil` are complete: all that write now. Later ones write
 * rows of later hours, or mark the hour.
 */
export async function setFence(tx: Transaction, log: CountedLog, fencedUntil: number): Promise<void> {
  await tx.execute(sql`
    update rollup_states set fenced_until = ${new Date(fencedUntil)}, fence = pg_current_xact_id()::text::bigint
    where log = ${log}`);
}

/** Notes that everything until a time is counted. */
export async function setUntil(tx: Transaction, log: CountedLog, until: number, isFenceDone: boolean): Promise<void> {
  const done = isFenceDone ? sql`, fenced_until = null, fence = null` : sql``;
  await tx.execute(sql`update rollup_states set until = ${new Date(until)} ${done} where log = ${log}`);
}

/** Notes that the days until a time are counted. */
export async function setDaysUntil(tx: Transaction, log: CountedLog, until: number): Promise<void> {
  await tx.execute(sql`update rollup_states set days_until = ${new Date(until)} where log = ${log}`);
}

/** Counted hours in which something came late or changed, oldest first, in milliseconds. */
export async function findMarked(tx: Transaction, log: CountedLog, until: number, limit: number): Promise<number[]> {
  const { rows } = await tx.execute<{ at: number }>(sql`
    select distinct extract(epoch from at)::float8 * 1000 as at from rollup_marks
    where log = ${log} and at < ${new Date(until)} order by at limit ${limit}`);
  return rows.map(({ at }) => at);
}

/**
 * Counts an hour anew. Its marks go in the statement that counts, so with the same snapshot: a row that is committed later
 * has left a mark that stays.
 */
export async function countHour(tx: Transaction, log: CountedLog, hour: number): Promise<void> {
  const at = new Date(hour);
  const gone = sql`gone as (delete from rollup_marks where log = ${log} and at = ${at})`;
  const range = { from: hour, to: hour + hourMs };
  if (log === "runs") {
    await tx.execute(sql`delete from ${runHours} where at = ${at}`);
    await tx.execute(
      sql`with ${gone} insert into ${runHours} ${runColumns} ${countRuns(sql`${at}::timestamptz`, range)}`,
    );
    return;
  }
  await tx.execute(sql`delete from ${requestHours} where at = ${at}`);
  await tx.execute(sql`
    with ${gone} insert into ${requestHours} (at, kind, host, credential_id, outcome, reason, requests)
    ${countRequests(sql`${at}::timestamptz`, range)}`);
}

const names = [
  "trigger_id",
  "trigger_name",
  "node_id",
  "node_path",
  "status",
  "error_code",
  "runs",
  ...durationColumns,
];
const runColumns = sql.raw(`(at, ${names.join(", ")})`);

/** Adds a day (UTC) of runs up from its hours, anew. */
export async function countDay(tx: Transaction, day: number): Promise<void> {
  const at = new Date(day);
  const sums: SQL = sql.raw(["runs", ...durationColumns].map((name) => `sum(${name})`).join(", "));
  await tx.execute(sql`delete from ${runDays} where at = ${at}`);
  await tx.execute(sql`
    insert into ${runDays} ${runColumns}
    select ${at}::timestamptz, trigger_id, max(trigger_name), node_id, node_path, status, error_code, ${sums}
    from ${runHours} where at >= ${at} and at < ${new Date(day + dayMs)}
    group by trigger_id, node_id, node_path, status, error_code`);
}

/** Deletes what was counted before an hour, and the days that are over by then; returns how many hours' counts. */
export async function deleteCounts(tx: Transaction, log: CountedLog, before: number): Promise<number> {
  const hours = log === "runs" ? runHours : requestHours;
  const { rowCount } = await tx.execute(sql`delete from ${hours} where at < ${new Date(before)}`);
  if (log === "runs") {
    await tx.execute(sql`delete from ${runDays} where at < ${new Date(Math.floor(before / dayMs) * dayMs)}`);
  }
  return rowCount ?? 0;
}
