import { inArray, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { runLeases } from "#drizzle/schema/run-leases.ts";
import { runStarts } from "#drizzle/schema/run-starts.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { recordInterrupted } from "#lib/delivery/runs/record-interrupted.ts";
import { getDb, getPool } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { genericInput, setUpSandbox, store } from "#scripts/test-sandbox.ts";
import { setUpNotingService, setUpWeb } from "#scripts/test-web.ts";
import { waitFor } from "#scripts/wait-for.ts";

// What is left of runs whose web process is killed with SIGKILL, at every step of a run.

setUpTestDatabase();
const sandbox = setUpSandbox();

const web = setUpWeb();
const service = setUpNotingService();

const runsOf = (...triggerIds: string[]) => getDb().select().from(runs).where(inArray(runs.triggerId, triggerIds));

/** Holds a table in the way of every writer, as long as it is not released. */
async function lockTable(name: string) {
  const client = await getPool().connect();
  await client.query("begin");
  await client.query(`lock table ${name} in exclusive mode`);
  return {
    /** Whether somebody waits for it. */
    isWanted: async () => {
      const { rows } = await client.query(
        "select count(*)::int as waiting from pg_locks where not granted and relation = $1::regclass",
        [name],
      );
      return rows[0].waiting > 0;
    },
    release: async () => {
      await client.query("rollback");
      client.release();
    },
  };
}

/** Sets when the journal entries of a killed process expire, as seen by `recordInterrupted`. */
async function setNotesEnd(fromNow: "1 hour" | "-1 second"): Promise<void> {
  await getDb()
    .update(runStarts)
    .set({ until: sql`now() + ${fromNow}::interval` });
}

/** Ends the connections of this database that run a statement, and waits until they're gone. */
async function endStatements(): Promise<void> {
  const others = `from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and (wait_event_type = 'Lock' or state = 'active')`;
  await getPool().query(`select pg_terminate_backend(pid) ${others}`);
  await waitFor(async () => expect((await getPool().query(`select pid ${others}`)).rows).toEqual([]));
}

test("a run leaves a trace at whichever step its process is killed, and what was not noted was not sent", async () => {
  const process = await web.start();
  const credential = await store(genericInput(sandbox.current));
  const [asking, sending, answered, notBegun] = await Promise.all([
    service.makeTrigger("/asking", { credentialId: credential.id }),
    service.makeTrigger("/hang", { maxInProgress: 1 }),
    service.makeTrigger("/answered"),
    service.makeTrigger("/not-begun"),
  ]);
  // While the service has the request; it holds the only place of its trigger.
  const calls = [service.run(process.url, sending)];
  await expect.poll(() => service.seen.size).toBe(1);
  expect(await getDb().$count(runLeases)).toBe(1);
  // After the answer, before the record. From here on no run is recorded, even if its time limit passes.
  const record = await lockTable("runs");
  calls.push(service.run(process.url, answered));
  await expect.poll(record.isWanted).toBe(true);
  expect(service.seen.size).toBe(2);
  // Before it has a token, with the lease of the token request in hand.
  await sandbox.current.control.setFault({ mode: "hang" });
  calls.push(service.run(process.url, asking));
  const { clientId } = credential;
  const requests = async () => (await sandbox.current.control.countTokenRequests({ clientId })).total;
  await expect.poll(requests).toBe(1);
  // Before it is noted that it begins.
  const notes = await lockTable("run_starts");
  calls.push(service.run(process.url, notBegun));
  await expect.poll(notes.isWanted).toBe(true);

  await web.kill(process);
  expect(await Promise.all(calls)).toEqual(["broken", "broken", "broken", "broken"]);
  // The database would go on with the statement that it has.
  await endStatements();
  await record.release();
  await notes.release();
  await setNotesEnd("1 hour");
  await recordInterrupted();
  expect(await runsOf(asking, sending, answered, notBegun)).toEqual([]);

  await setNotesEnd("-1 second");
  await recordInterrupted();
  const traces = await runsOf(asking, sending, answered, notBegun);
  expect(traces.map(({ triggerId }) => triggerId).sort()).toEqual([asking, sending, answered].sort());
  for (const trace of traces) {
    expect(trace).toMatchObject({
      status: "failed",
      errorCode: "interrupted",
      event: "on_demand",
      nodePath: [service.nodeId],
    });
    expect(trace.request?.url).toContain(trace.id);
  }
  expect([...service.seen].sort()).toEqual(
    traces
      .filter((trace) => trace.triggerId !== asking)
      .map(({ id }) => id)
      .sort(),
  );
  expect(await getDb().$count(runLeases)).toBe(0);
});

test("under load nothing that was answered is lost, and whatever reached the service has a run", async () => {
  const process = await web.start();
  const triggerId = await service.makeTrigger("/load");
  service.seen.clear();
  const answered = new Set<string>();
  const callers = Array.from({ length: 32 }, async () => {
    for (;;) {
      const call = await service.run(process.url, triggerId);
      if (call === "broken") return;
      expect([call.status, call.body.status]).toEqual([200, "succeeded"]);
      answered.add(call.body.id);
    }
  });
  await expect.poll(() => answered.size).toBeGreaterThan(100);
  await web.kill(process);
  await Promise.all(callers);
  // A statement that was on its way might still run.
  await endStatements();
  await setNotesEnd("-1 second");
  await recordInterrupted();
  const recorded = new Map((await runsOf(triggerId)).map(({ id, status }) => [id, status]));
  expect([...answered].filter((id) => recorded.get(id) !== "succeeded")).toEqual([]);
  expect([...service.seen].filter((id) => !recorded.has(id))).toEqual([]);
});

test("a process that is asked to stop says so at /readyz, answers and records what it has, and closes its connections", async () => {
  const process = await web.start();
  const [triggerId, quick] = await Promise.all([service.makeTrigger("/held"), service.makeTrigger("/quick")]);
  const ready = async () => {
    const answer = await fetch(`${process.url}/readyz`);
    return [answer.status, answer.headers.get("connection"), await answer.json()];
  };
  expect(await ready()).toEqual([200, "keep-alive", { status: "ready" }]);
  service.seen.clear();
  const waiting = service.run(process.url, triggerId);
  const leaving = new AbortController();
  const left = service.run(process.url, triggerId, leaving.signal);
  await expect.poll(() => service.seen.size).toBe(2);
  leaving.abort();
  expect(await left).toBe("broken");

  const stopping = web.stop(process);
  await expect.poll(ready).toEqual([503, "close", { status: "not ready", reason: "it is shutting down" }]);
  // Until the load balancer has noticed, requests still come and are served.
  expect(await service.run(process.url, quick)).toMatchObject({ status: 200, body: { status: "succeeded" } });
  const exited = stopping.drain();
  await expect.poll(() => ready().catch(() => "refused")).toBe("refused");
  service.letGo();
  const answer = await waiting;
  expect(answer).toMatchObject({ status: 200, body: { status: "succeeded" } });
  expect(await exited).toBe(0);
  expect((await runsOf(triggerId)).map(({ id, status }) => [id, status]).sort()).toEqual(
    [...service.seen]
      .slice(0, 2)
      .map((id) => [id, "succeeded"])
      .sort(),
  );
  expect(await getDb().$count(runStarts)).toBe(0);
});
