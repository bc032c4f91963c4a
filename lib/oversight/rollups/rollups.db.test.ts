import { type SQL, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeAll, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { getDb, getPool } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { countEverything } from "#scripts/test-rollups.ts";
import { countRequests, countRuns, timeOf } from "./count.ts";
import { keepRollups } from "./keep-rollups.ts";
import { dayMs, hourMs } from "./store.ts";

setUpTestDatabase();

const nodes = [v7(), v7()];
const triggers = [v7(), v7(), null];
const credentialId = v7();
/** The hour that is under way is never counted. What is made here is older, and its three days are over, also just after midnight. */
const start = Math.floor(Date.now() / dayMs) * dayMs - 4 * dayMs;
/** A time that doesn't pass while the tests run: for rows that are never counted and never late. */
const ahead = start + 6 * dayMs;

beforeAll(async () => {
  await getDb().insert(credentials).values({
    id: credentialId,
    name: "C",
    type: "user",
    provider: "generic",
    endpointUrl: "https://a.example:8443/token",
    clientId: "a",
  });
});

type Client = { query: (text: string, values: unknown[]) => Promise<unknown> };

/** Inserts runs and events that were made then. */
async function insertAt(ms: number, count = 1, startedAt = ms, client: Client = getPool()): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const id = v7({ msecs: ms + index });
    ids.push(id);
    const node = nodes[index % 2]!;
    const failed = index % 3 === 0;
    await client.query(
      `insert into runs (id, trigger_id, trigger_name, transport_id, transport_name, node_id, node_path, event, actor, status, error_code, started_at, duration_ms, attempts)
       values ($1, $2, 'Send', $1, 'Orders', $3, array[$3]::uuid[], 'on_demand', 'Anna', $4, $5, $6, $7, 1)`,
      [
        id,
        triggers[index % 3],
        node,
        failed ? "failed" : "succeeded",
        failed ? "timeout" : null,
        new Date(startedAt),
        index * 7,
      ],
    );
    await client.query(
      `insert into credential_events (id, credential_id, credential_version, at, kind, cause, outcome, duration_ms, provider_code)
       values ($1, $2, 1, $3, $4, 'Anna', $5, 1, $6)`,
      [
        id,
        credentialId,
        new Date(startedAt),
        ["token_request", "sign_in", "status"][index % 3],
        failed ? "failed" : "succeeded",
        failed ? "invalid_client" : null,
      ],
    );
  }
  return ids;
}

/** Rows of the counts that the raw rows don't have, and the other way round; both for hours and days. */
async function findDifferences(): Promise<unknown[]> {
  const { rows: states } = await getPool().query<{ log: string; until: Date; days_until: Date }>(
    "select * from rollup_states",
  );
  const until = (log: string) => states.find((state) => state.log === log)!;
  const hour = sql`date_trunc('hour', ${timeOf(sql`id`)}, 'UTC')`;
  const eventHour = sql`date_trunc('hour', ${timeOf(sql`e.id`)}, 'UTC')`;
  const day = sql`date_trunc('day', ${timeOf(sql`id`)}, 'UTC')`;
  const byNode = (at: SQL, to: Date) => sql`
    select at, node_id, node_path, coalesce(sum(runs) filter (where status = 'succeeded'), 0)::int, coalesce(sum(runs) filter (where status = 'failed'), 0)::int,
      coalesce(sum(runs) filter (where status not in ('succeeded', 'failed')), 0)::int
    from (${countRuns(at, { from: 0, to: +to })}) run group by at, node_id, node_path`;
  const all: unknown[] = [];
  for (const [table, raw] of [
    ["node_hours", byNode(hour, until("runs").until)],
    ["node_days", byNode(day, until("runs").days_until)],
    ["run_hours", countRuns(hour, { from: 0, to: +until("runs").until })],
    ["run_days", countRuns(day, { from: 0, to: +until("runs").days_until })],
    ["request_hours", countRequests(eventHour, { from: 0, to: +until("credential_events").until })],
  ] as const) {
    const counted = sql`select * from ${sql.identifier(table)}`;
    for (const [more, less] of [
      [raw, counted],
      [counted, raw],
    ]) {
      const { rows } = await getDb().execute(sql`(${more}) except all (${less})`);
      all.push(...rows.map((row) => ({ table, ...row })));
    }
  }
  return all;
}
const readUntil = async (log = "runs") =>
  +(await getPool().query("select until from rollup_states where log = $1", [log])).rows[0].until;
const countAll = async (table: string, column: string) =>
  Number((await getPool().query(`select sum(${column})::int as sum from ${table}`)).rows[0].sum);

test("what is older than the hour under way is counted as the rows are", async () => {
  await insertAt(start + 5 * hourMs, 20);
  await insertAt(start + 5 * hourMs + 59 * 60_000, 5);
  await insertAt(start + dayMs + 2 * hourMs, 9);
  await insertAt(ahead, 4);
  await countEverything();
  expect(await findDifferences()).toEqual([]);
  expect(await countAll("run_hours", "runs")).toBe(34);
  expect(await countAll("run_days", "runs")).toBe(34);
  expect(await countAll("request_hours", "requests")).toBe(24);
});

test("a day whose only run is in its last hour is counted", async () => {
  const [id] = await insertAt(start + 2 * dayMs + 23 * hourMs);
  await getPool().query("delete from rollup_states");
  await getPool().query("truncate run_hours, run_days, node_hours, node_days, request_hours");
  await countEverything();
  expect(await findDifferences()).toEqual([]);
  expect(await countAll("run_days", "runs")).toBe(35);
  await getPool().query("delete from runs where id = $1", [id]);
  await getPool().query("delete from credential_events where id = $1", [id]);
  await getPool().query("delete from rollup_states");
  await getPool().query("truncate run_hours, run_days, node_hours, node_days, request_hours");
  await countEverything();
});

test("what comes late is counted with the next look", async () => {
  await insertAt(start + 5 * hourMs + 1000, 3);
  await insertAt(start + 2 * dayMs, 2);
  expect(await findDifferences()).not.toEqual([]);
  await countEverything();
  expect(await findDifferences()).toEqual([]);
  expect(await countAll("run_days", "runs")).toBe(39);
});

test("a run whose outcome is written later counts with its outcome", async () => {
  const [id] = await insertAt(start + dayMs, 1);
  await getPool().query("update runs set status = 'queued' where id = $1", [id]);
  await countEverything();
  await getPool().query("update runs set status = 'succeeded', error_code = null, duration_ms = 80 where id = $1", [
    id,
  ]);
  await countEverything();
  expect(await findDifferences()).toEqual([]);
  const { rows } = await getPool().query("select distinct status from run_hours order by 1");
  expect(rows.map(({ status }) => status)).toEqual(["failed", "succeeded"]);
});

test("an hour is not counted while a transaction is open that may have written to it", async () => {
  await getPool().query("delete from rollup_states");
  await getPool().query("truncate run_hours, run_days, node_hours, node_days, request_hours");
  const writer = await getPool().connect();
  await writer.query("begin");
  // On time by its own clock, so nothing marks its hour.
  await insertAt(start + 7 * hourMs, 1, ahead, writer);
  await keepRollups();
  await keepRollups();
  expect(await readUntil()).toBe(start);
  await writer.query("commit");
  writer.release();
  await countEverything();
  expect(await findDifferences()).toEqual([]);
});

test("many workers count once", async () => {
  await getPool().query("delete from rollup_states");
  await insertAt(start + 9 * hourMs, 6);
  await Promise.all(Array.from({ length: 5 }, () => keepRollups()));
  await countEverything();
  expect(await findDifferences()).toEqual([]);
});

test("what the retention drops is not counted any longer", async () => {
  await getPool().query("delete from runs where id < $1", [v7({ msecs: start + dayMs + hourMs })]);
  await getPool().query("delete from credential_events where id < $1", [v7({ msecs: start + dayMs + hourMs })]);
  await countEverything();
  expect(await findDifferences()).toEqual([]);
  expect(await countAll("run_hours", "runs")).toBe(11);
});

test("a run that is recorded in time leaves no mark, and one that is recorded later leaves one", async () => {
  await getPool().query("delete from rollup_marks");
  await insertAt(start, 3, ahead);
  const readMarks = async () => (await getPool().query("select log, at from rollup_marks order by log")).rows;
  expect(await readMarks()).toEqual([]);
  await insertAt(start, 1);
  const at = new Date(start);
  expect(await readMarks()).toEqual([
    { log: "credential_events", at },
    { log: "runs", at },
  ]);
});
