import { sql } from "drizzle-orm";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { retention } from "#drizzle/schema/retention.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { lowestIdAt, timeOfId } from "#lib/platform/db/uuid-time.ts";
import type { Log, Partition, Range } from "./model.ts";

type Reader = Database | Transaction;

/** The column that tells when what a row is about happened, for ids that don't tell. */
const timeColumns = { runs: "started_at", credential_events: "at" } as const satisfies Record<Log, string>;
/** How long the portal's queries may be kept waiting for a change of partitions; then it is tried again a minute later. */
const lockTimeout = "500ms";
/** Not more rows in one statement when expired rows are deleted one by one. */
const trimBatch = 5000;

const table = (name: string) => sql.raw(`"${name.replaceAll('"', '""')}"`);

/** The settings; the row is made by the migration. */
export async function readSettings(db: Reader, lock = false) {
  const query = db.select().from(retention);
  const [row] = await (lock ? query.for("update") : query);
  if (!row) throw new Error("the table retention is empty: its row was deleted from the database");
  return row;
}

/**
 * Takes the right to change a log's partitions until the transaction ends; false when another worker has it. Not a lock of
 * the session, so it holds behind pgbouncer in transaction mode.
 */
export async function takeLog(tx: Transaction, log: Log): Promise<boolean> {
  const { rows } = await tx.execute<{ taken: boolean }>(sql`
    select pg_try_advisory_xact_lock(hashtext('sallyport.partitions'), hashtext(${log})) as taken,
      set_config('lock_timeout', ${lockTimeout}, true)`);
  return rows[0]!.taken;
}

/** The partitions of a log, oldest first, without the default one. */
export async function findPartitions(db: Reader, log: Log): Promise<Partition[]> {
  const { rows } = await db.execute<{ name: string; bounds: string }>(sql`
    select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${log}::regclass`);
  return rows
    .flatMap(({ name, bounds }) => {
      const found = /FROM \((MINVALUE|'[^']+')\) TO \('([^']+)'\)/.exec(bounds);
      if (!found) return [];
      return [{ name, from: found[1] === "MINVALUE" ? null : timeOfId(found[1]!.slice(1)), to: timeOfId(found[2]!) }];
    })
    .sort((one, other) => one.to - other.to);
}

/**
 * Makes the partition of a range and moves what lies in the default one into it. The log stays open meanwhile; only what
 * needs the default partition waits, which is nothing as long as that is empty.
 * @returns the partition and how many rows were moved.
 */
export async function makePartition(tx: Transaction, log: Log, range: Range): Promise<Partition & { moved: number }> {
  const name = `${log}_${nameOf(range)}`;
  const [from, to] = [lowestIdAt(range.from ?? 0), lowestIdAt(range.to)];
  const spare = table(`${log}_default`);
  await tx.execute(sql`create table ${table(name)} (like ${table(log)} including defaults)`);
  // Before rows are moved, so that none is added behind the back of this.
  await tx.execute(sql`lock table ${spare} in access exclusive mode`);
  const columns = sql.raw(await listColumns(tx, log));
  const { rowCount } = await tx.execute(sql`
    with moved as (delete from ${spare} where id >= ${from} and id < ${to} returning *)
    insert into ${table(name)} (${columns}) select ${columns} from moved`);
  await tx.execute(sql`
    alter table ${table(log)} attach partition ${table(name)} for values from (${sql.raw(`'${from}'`)}) to (${sql.raw(`'${to}'`)})`);
  return { ...range, name, moved: rowCount ?? 0 };
}

/** The default partition may have its columns in another order than the log. */
async function listColumns(tx: Transaction, log: Log): Promise<string> {
  const { rows } = await tx.execute<{ names: string }>(sql`
    select string_agg(quote_ident(attname), ', ') as names from pg_attribute
    where attrelid = ${log}::regclass and attnum > 0 and not attisdropped`);
  return rows[0]!.names;
}

/** `20260513_20260520`: every range begins and ends at midnight, UTC. */
function nameOf({ from, to }: Range): string {
  const show = (ms: number) => new Date(ms).toISOString().slice(0, 10).replaceAll("-", "");
  return `${show(from ?? 0)}_${show(to)}`;
}

/**
 * Whether accepted runs whose rows lie in a range wait in the queue or are in progress: their rows are written again when they end. No
 * new one comes into a range that has expired: ids begin with the time.
 */
export async function holdsOpenRuns(db: Reader, log: Log, { from, to }: Range): Promise<boolean> {
  if (log !== "runs") return false;
  const { rows } = await db.execute(sql`
    select from ${queuedRuns} where run_id >= ${lowestIdAt(from ?? 0)} and run_id < ${lowestIdAt(to)} limit 1`);
  return rows.length > 0;
}

/** Condition: the row is no run that is not finished. */
const isClosed = (log: Log) =>
  log === "runs" ? sql`not exists (select from ${queuedRuns} open where open.run_id = row.id)` : sql`true`;

/** Drops a partition with its rows. */
export async function dropPartition(tx: Transaction, name: string): Promise<void> {
  await tx.execute(sql`drop table ${table(name)}`);
}

/** Deletes some of a partition's rows from before a time, but no unfinished run; returns how many. */
export async function trimPartition(db: Reader, log: Log, name: string, before: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from ${table(name)} where id in (
      select id from ${table(name)} row where id < ${lowestIdAt(before)} and ${isClosed(log)}
      order by id limit ${trimBatch})`);
  return rowCount ?? 0;
}

/** Deletes some of the default partition's rows that happened before a time, whatever their ids say, but no unfinished run; returns how many. */
export async function trimDefault(db: Reader, log: Log, before: number): Promise<number> {
  const spare = table(`${log}_default`);
  const { rowCount } = await db.execute(sql`
    delete from ${spare} where id in (
      select id from ${spare} row where ${sql.raw(timeColumns[log])} < ${new Date(before)} and ${isClosed(log)}
      limit ${trimBatch})`);
  return rowCount ?? 0;
}

/** An estimate of how many rows a partition has; never reads it. */
export async function estimateRows(db: Reader, name: string): Promise<number> {
  const { rows } = await db.execute<{ rows: number }>(sql`
    select greatest(reltuples, 0)::float8 as rows from pg_class where oid = ${name}::regclass`);
  return Math.round(rows[0]?.rows ?? 0);
}

/** What a log takes up on the disk and holds. */
export async function measureLog(log: Log) {
  const { rows } = await getDb().execute<{
    rows: number;
    bytes: number;
    partitions: number;
    misplaced: number;
    oldest: string | null;
  }>(sql`
    select sum(greatest(c.reltuples, 0))::float8 as rows, sum(pg_total_relation_size(c.oid))::float8 as bytes,
      count(*)::int as partitions, (select count(*)::int from ${table(`${log}_default`)}) as misplaced,
      (select id from ${table(log)} order by id limit 1) as oldest
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = ${log}::regclass`);
  return rows[0]!;
}
