import { sql } from "drizzle-orm";
import pg from "pg";
import { v4, v7 } from "uuid";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { systemContext } from "#lib/access/permissions/context.ts";
import { finishQueued } from "#lib/delivery/queue/queue.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { recordRun } from "#lib/delivery/runs/store.ts";
import { getRetention } from "#lib/oversight/retention/get-retention.ts";
import { updateRetention } from "#lib/oversight/retention/update-retention.ts";
import { getDb, getPool, inTransaction } from "#lib/platform/db/client.ts";
import { lowestIdAt } from "#lib/platform/db/uuid-time.ts";
import { urlOfDatabase } from "#scripts/database-url.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { applyMigrations } from "#scripts/test-migrations.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { keepPartitions } from "./keep-partitions.ts";
import { findPartitions, makePartition, takeLog } from "./store.ts";

setUpTestDatabase();

const day = 86_400_000;
const admin = systemContext("test");

/** Writes a run that began then, past the portal's clock. */
async function insertRunAt(ms: number, id = v7({ msecs: ms })): Promise<string> {
  await getDb().execute(sql`
    insert into runs (id, trigger_name, transport_id, transport_name, node_id, node_path, event, actor, status, started_at, duration_ms, attempts)
    values (${id}, 'Send', ${id}, 'Orders', ${id}, array[${id}]::uuid[], 'on_demand', 'Anna', 'succeeded', ${new Date(ms)}, 1, 1)`);
  return id;
}

const placeOf = async (id: string): Promise<string | null> => {
  const { rows } = await getDb().execute<{ place: string }>(
    sql`select tableoid::regclass::text as place from runs where id = ${id}`,
  );
  return rows[0]?.place ?? null;
};

/** Looks until nothing is left for the next time: a look gives a lock up that it doesn't get within half a second. */
const keepAll = (now: number) => waitFor(async () => expect(await keepPartitions(now)).toBe(true));

/** The day on which the tests' databases were migrated, which may be long ago: the first partition ends two days later. */
let base = 0;
beforeAll(async () => {
  base = (await findPartitions(getDb(), "runs"))[0]!.to - 2 * day;
});

async function setDays(runsDays: number | null): Promise<void> {
  await updateRetention(admin, { version: (await getRetention(admin)).version, runsDays });
}

describe("the migration", () => {
  test("keeps every row of a portal that ran before, moves none of them, and has them kept for ever", async () => {
    const { url } = inject("testPostgres");
    const name = `test_${process.pid}_before_partitions`;
    const asAdmin = new pg.Client({ connectionString: url });
    await asAdmin.connect();
    await asAdmin.query(`create database ${name}`);
    const client = new pg.Client({ connectionString: urlOfDatabase(url, name) });
    await client.connect();
    try {
      await applyMigrations(client, { upTo: "0005_allowed-tenants" });
      const credentialId = v7();
      await client.query(
        "insert into credentials (id, name, type, provider, endpoint_url, client_id) values ($1, 'Orders', 'application', 'generic', 'https://a.example/token', 'a')",
        [credentialId],
      );
      const ids = [v7({ msecs: Date.UTC(2025, 1, 3) }), v7({ msecs: Date.now() - day }), v7(), v4().replace(/^./, "f")];
      for (const id of ids) {
        await client.query(
          `insert into runs (id, trigger_name, transport_id, transport_name, node_id, node_path, event, actor, status, started_at, duration_ms, attempts, request)
           values ($1, 'Send', $1, 'Orders', $1, array[$1]::uuid[], 'on_demand', 'Anna', 'succeeded', now(), 1, 1, '{"method":"GET"}')`,
          [id],
        );
        await client.query(
          `insert into credential_events (id, credential_id, credential_version, kind, cause, outcome, duration_ms)
           values ($1, $2, 1, 'check', 'Anna', 'succeeded', 1)`,
          [id, credentialId],
        );
      }
      const read = async (table: string) =>
        (await client.query(`select row_to_json(t)::jsonb as row from ${table} t order by id`)).rows.map(
          ({ row }) => row,
        );
      const before = { runs: await read("runs"), events: await read("credential_events") };
      const file = async () => (await client.query("select pg_relation_filenode('runs_first') as file")).rows[0].file;
      const { rows: files } = await client.query("select pg_relation_filenode('runs') as file");

      await applyMigrations(client, { after: "0005_allowed-tenants" });
      for (const [index, row] of (await read("runs")).entries()) expect(row).toMatchObject(before.runs[index]);
      expect(await read("runs")).toHaveLength(4);
      expect(await read("credential_events")).toEqual(before.events);
      expect(await file()).toBe(files[0].file);
      const { rows: places } = await client.query(
        "select tableoid::regclass::text as place, count(*)::int as rows from runs group by 1 order by 1",
      );
      expect(places).toEqual([
        { place: "runs_default", rows: 1 },
        { place: "runs_first", rows: 3 },
      ]);
      const { rows: settings } = await client.query("select runs_days, credential_events_days from retention");
      expect(settings).toEqual([{ runs_days: null, credential_events_days: null }]);
      const { rows: unused } = await client.query(
        "select 1 from pg_index where indrelid in ('runs'::regclass, 'runs_first'::regclass) and not indisvalid",
      );
      expect(unused).toEqual([]);
    } finally {
      await client.end();
      await asAdmin.query(`drop database ${name} with (force)`);
      await asAdmin.end();
    }
  });

  test("gives a new portal 90 days", async () => {
    expect(await getRetention(admin)).toMatchObject({ runsDays: 90, credentialEventsDays: 90, version: 1 });
  });
});

describe("partitions", () => {
  test("are made ahead, from where the last one ends, and take the runs of their time", async () => {
    await keepAll(base);
    const partitions = await findPartitions(getDb(), "runs");
    expect(partitions[0]).toMatchObject({ name: "runs_first", from: null });
    expect(partitions.at(-1)!.to).toBeGreaterThanOrEqual(base + 7 * day);
    const second = partitions[1]!;
    expect(second.from).toBe(partitions[0]!.to);
    expect(await placeOf(await insertRunAt(second.from!))).toBe(second.name);
    expect(await placeOf(await insertRunAt(second.from! - 1))).toBe("runs_first");
    expect(await placeOf(await insertRunAt(second.to - 1))).toBe(second.name);
  });

  test("of a time without a worker are made later, and take over what the default one caught", async () => {
    const later = base + 100 * day;
    const ids = await Promise.all([0, 1, 2].map((days) => insertRunAt(later - days * day)));
    expect(await Promise.all(ids.map(placeOf))).toEqual(Array(3).fill("runs_default"));
    expect((await getRetention(admin)).logs[0]).toMatchObject({ log: "runs", misplacedRows: 3 });
    await keepAll(later);
    for (const id of ids) expect(await placeOf(id)).toMatch(/^runs_2/);
    expect((await getRetention(admin)).logs[0]).toMatchObject({ misplacedRows: 0 });
  });

  test("are made once when many workers look at the same time", async () => {
    const later = base + 400 * day;
    await setDays(10);
    await Promise.all(Array.from({ length: 6 }, () => keepPartitions(later)));
    await keepAll(later);
    const partitions = await findPartitions(getDb(), "runs");
    expect(partitions.length).toBeGreaterThan(7);
    for (const [index, { from }] of partitions.slice(1).entries()) expect(from).toBe(partitions[index]!.to);
    await setDays(90);
  });

  test("are dropped with the last row that has expired, and the audit log says so and stays", async () => {
    const start = base + 1000 * day;
    await keepAll(start);
    const [kept, expired] = [await insertRunAt(start + 18 * day), await insertRunAt(start - 20 * day)];
    const place = (await placeOf(expired))!;
    const { rows: before } = await getDb().execute<{ count: number }>(
      sql`select count(*)::int as count from audit_records`,
    );
    await setDays(5);
    await keepAll(start + 20 * day);
    expect(await placeOf(expired)).toBeNull();
    expect(await placeOf(kept)).not.toBeNull();
    const { rows: records } = await getDb().execute<{ action: string; partition: string | null }>(sql`
      select action, before->>'partition' as partition from audit_records order by id offset ${before[0]!.count}`);
    expect(records[0]).toEqual({ action: "retention.update", partition: null });
    expect(records.slice(1)).toContainEqual({ action: "retention.drop", partition: place });
    await setDays(90);
  });

  test("lose no old row that sits in the default one or in one that is too wide, nor keep it longer than the rest", async () => {
    const start = base + 1100 * day;
    await setDays(null);
    // A year without a worker.
    await keepAll(start);
    const later = start + 365 * day;
    const [old, fresh] = [await insertRunAt(later - 200 * day), await insertRunAt(later - 2 * day)];
    const odd = await insertRunAt(later - 200 * day, v4().replace(/^./, "f"));
    const oddFresh = await insertRunAt(later, v4().replace(/^./, "f"));
    await keepAll(later);
    expect(await Promise.all([old, fresh, odd, oddFresh].map(placeOf))).not.toContain(null);
    await setDays(30);
    await keepAll(later);
    const places = await Promise.all([old, fresh, odd, oddFresh].map(placeOf));
    expect(places.map((place) => place !== null)).toEqual([false, true, false, true]);
    await setDays(90);
  });

  test("that can't be locked at once are left for the next look, and nobody waits", async () => {
    const start = base + 1800 * day;
    const id = await insertRunAt(start);
    const reader = await getPool().connect();
    try {
      await reader.query("begin");
      await reader.query("select count(*) from runs");
      expect(await keepPartitions(start)).toBe(false);
      expect(await placeOf(id)).toBe("runs_default");
    } finally {
      await reader.query("rollback");
      reader.release();
    }
    await keepAll(start);
    expect(await placeOf(id)).toMatch(/^runs_2/);
  });
});

test("a run that finishes while its partition is being made is recorded once", async () => {
  const waiting =
    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into runs %'";
  const at = base + 2000 * day;
  const caught = await insertRunAt(at);
  const run = makeRun(v7({ msecs: at + 1 }));
  let recorded: Promise<void> | undefined;
  const [end] = (await findPartitions(getDb(), "runs")).slice(-1);
  await inTransaction(async (tx) => {
    await takeLog(tx, "runs");
    await makePartition(tx, "runs", { from: end!.to, to: Math.ceil(at / day + 1) * day });
    recorded = recordRun({ run, nodePath: [run.nodeId] });
    await waitFor(async () => expect((await getPool().query(waiting)).rows).not.toEqual([]));
  });
  await recorded;
  const places = await Promise.all([caught, run.id].map(placeOf));
  expect(places[0]).toMatch(/^runs_2/);
  expect(places[1]).toBe(places[0]);
});

describe("an expired run that is not finished", () => {
  const node = { id: v7(), name: "Plant" };
  const cleanUp = async () => {
    for (const table of ["queued_runs", "triggers", "transports", "nodes"])
      await getPool().query(`delete from ${table}`);
    await setDays(90);
  };

  /** A queued run as it is stored, of that time. */
  async function insertQueuedAt(ms: number, state: "waiting" | "ready" | "running", id = v7({ msecs: ms })) {
    await insertRunAt(ms, id);
    await getDb().execute(sql`update runs set status = ${state === "running" ? "running" : "queued"} where id = ${id}`);
    await getDb().execute(sql`
      insert into nodes (id, name, path) values (${node.id}, 'Plant', array[${node.id}]::uuid[]) on conflict do nothing`);
    await getDb().execute(sql`
      insert into transports (id, name, node_id, type) values (${node.id}, 'Orders', ${node.id}, 'HTTP') on conflict do nothing`);
    await getDb().execute(sql`
      insert into triggers (id, name, node_id, transport_id, event, request)
      values (${node.id}, 'Send', ${node.id}, ${node.id}, '{"kind":"on_demand"}', '{}') on conflict do nothing`);
    await getDb().execute(sql`
      insert into queued_runs (run_id, trigger_id, state, event, actor, input)
      values (${id}, ${node.id}, ${state}, 'on_demand', '{}', '{}')`);
    return id;
  }

  test("keeps its row, and nothing else of its partition; that goes when the run has ended", async () => {
    const start = base + 2100 * day;
    for (const days of [30, 20, 10, 0]) await keepAll(start - days * day);
    const open = [
      await insertQueuedAt(start - 20 * day, "waiting"),
      await insertQueuedAt(start - 20 * day + 1, "running"),
    ];
    const beside = await insertRunAt(start - 20 * day + 2);
    const [place] = await Promise.all(open.map(placeOf));
    expect(place).toMatch(/^runs_2/);
    await setDays(5);
    await keepAll(start);
    expect(await Promise.all([...open, beside].map(placeOf))).toEqual([place, place, null]);

    const run = { ...makeRun(open[0]!), startedAt: new Date(start).toISOString() };
    await finishQueued({ run, nodePath: [run.nodeId] });
    const { rows } = await getPool().query("select status from runs where id = $1", [run.id]);
    expect(rows).toEqual([{ status: "succeeded" }]);

    await keepAll(start);
    expect(await Promise.all(open.map(placeOf))).toEqual([null, place]);
    await getDb().execute(sql`delete from queued_runs`);
    await keepAll(start);
    expect(await placeOf(open[1]!)).toBeNull();
    expect((await findPartitions(getDb(), "runs")).map(({ name }) => name)).not.toContain(place);
    await cleanUp();
  });

  test("keeps its row in the default partition, too", async () => {
    const start = base + 2200 * day;
    await keepAll(start);
    const [open, closed] = ["e", "f"].map((digit) => v4().replace(/^./, digit));
    await insertQueuedAt(start - 20 * day, "waiting", open);
    await insertRunAt(start - 20 * day, closed);
    expect(await placeOf(open!)).toBe("runs_default");
    await setDays(5);
    await keepAll(start);
    expect(await Promise.all([open!, closed!].map(placeOf))).toEqual(["runs_default", null]);
    await cleanUp();
  });
});

function makeRun(id: string): Run {
  return {
    id,
    triggerId: null,
    triggerName: "",
    transportId: v7(),
    transportName: "Orders",
    nodeId: v7(),
    nodeName: null,
    credentialId: null,
    credentialName: null,
    event: "test",
    actor: "Anna",
    status: "succeeded",
    queuedAt: null,
    dueAt: null,
    heldUntil: null,
    startedAt: "2026-05-01T08:00:00.123Z",
    durationMs: 12,
    attempts: 1,
    proxy: "none",
    token: null,
    request: null,
    response: null,
    error: null,
    soap: null,
    timing: null,
    attemptLog: [],
    variables: null,
    correlationId: null,
  };
}

test("ids are bounds of time", () => {
  const ms = Date.UTC(2026, 4, 1);
  expect(lowestIdAt(ms) < v7({ msecs: ms })).toBe(true);
  expect(lowestIdAt(ms) > v7({ msecs: ms - 1 })).toBe(true);
});
