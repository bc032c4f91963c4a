import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runLeases } from "#drizzle/schema/run-leases.ts";
import { runStarts } from "#drizzle/schema/run-starts.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertApiKey } from "#scripts/test-portal.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { getDb, getPool } from "../db/client.ts";
import { insertNode } from "../runs/fixtures.ts";
import { recordInterrupted } from "../runs/record-interrupted.ts";
import { createTransport } from "../transports/create-transport.ts";
import { transportInput } from "../transports/schema.ts";
import { createTrigger } from "../triggers/create-trigger.ts";
import { triggerInput } from "../triggers/schema.ts";

// What is left of runs whose web process is killed with SIGKILL, at every step of a run.

setUpTestDatabase();
const sandbox = setUpSandbox();

/** Notes which runs reach it, by their ids; `/hang` gets no answer, `/held` one when the test lets go. */
const seen = new Set<string>();
const held = Promise.withResolvers<void>();
let service: Listening;
let nodeId = "";
let key = "";
beforeAll(async () => {
  service = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://service");
    seen.add(searchParams.get("run") ?? "none");
    if (pathname === "/held") await held.promise;
    if (pathname !== "/hang") response.end("{}");
  });
  nodeId = await insertNode("Plant");
  key = await insertApiKey("admin");
});
afterAll(() => service.close());

type Web = { child: ChildProcess; url: string };

async function startWeb(environment: Record<string, string> = {}): Promise<Web> {
  const child = fork("scripts/test-web-process.ts", {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...process.env, ...environment },
  });
  const [{ port }] = await once(child, "message");
  return { child, url: `http://127.0.0.1:${port}` };
}

async function kill({ child }: Web): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function makeTrigger(path: string, credentialId: string | null = null, maxInProgress = 0): Promise<string> {
  const { id: transportId } = await createTransport(
    tester,
    transportInput.parse({
      name: `Orders ${crypto.randomUUID()}`,
      nodeId,
      type: "HTTP",
      http: { url: `http://127.0.0.1:${service.port}`, method: "POST" },
      authorization: credentialId ? { kind: "credential", credentialId } : { kind: "none" },
    }),
  );
  const request = { path, query: { run: "{{run.id}}" } };
  const input = { name: `Send ${crypto.randomUUID()}`, nodeId, transportId, request, maxInProgress };
  return (await createTrigger(tester, triggerInput.parse(input))).id;
}

/** What the caller sees: the finished run, or `broken` for a connection that ended without an answer. */
async function run(web: Web, triggerId: string) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  try {
    const answer = await fetch(`${web.url}/api/v1/triggers/${triggerId}/run`, { method: "POST", headers, body: "{}" });
    return { status: answer.status, run: (await answer.json()) as { id: string; status: string } };
  } catch {
    return "broken";
  }
}

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

/** The moment at which the notes of a killed process count no more, brought about at once. */
async function letNotesEnd(): Promise<void> {
  await getDb().update(runStarts).set({ until: sql`now() - interval '1 second'` });
  await recordInterrupted();
}

test("a run leaves a trace at whichever step its process is killed, and what was not noted was not sent", async () => {
  const web = await startWeb();
  const credential = await store(genericInput(sandbox.current));
  const [asking, sending, answered, notBegun] = await Promise.all([
    makeTrigger("/asking", credential.id),
    makeTrigger("/hang", null, 1),
    makeTrigger("/answered"),
    makeTrigger("/not-begun"),
  ]);
  // Before it has a token, with the lease of the token request in hand.
  await sandbox.current.control.setFault({ mode: "hang" });
  const calls = [run(web, asking)];
  const { clientId } = credential;
  const requests = async () => (await sandbox.current.control.countTokenRequests({ clientId })).total;
  await expect.poll(requests, { timeout: 5000 }).toBe(1);
  // While the service has the request; it holds the only place of its trigger.
  calls.push(run(web, sending));
  await expect.poll(() => seen.size, { timeout: 5000 }).toBe(1);
  expect(await getDb().$count(runLeases)).toBe(1);
  // After the answer, before the record.
  const record = await lockTable("runs");
  calls.push(run(web, answered));
  await expect.poll(record.isWanted, { timeout: 5000 }).toBe(true);
  expect(seen.size).toBe(2);
  // Before it is noted that it begins.
  const notes = await lockTable("run_starts");
  calls.push(run(web, notBegun));
  await expect.poll(notes.isWanted, { timeout: 5000 }).toBe(true);

  await kill(web);
  expect(await Promise.all(calls)).toEqual(["broken", "broken", "broken", "broken"]);
  // The database would go on with the statement that it has.
  await getPool().query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  await record.release();
  await notes.release();
  await recordInterrupted();
  expect(await runsOf(asking, sending, answered, notBegun)).toEqual([]);

  await letNotesEnd();
  const traces = await runsOf(asking, sending, answered, notBegun);
  expect(traces.map(({ triggerId }) => triggerId).sort()).toEqual([asking, sending, answered].sort());
  for (const trace of traces) {
    expect(trace).toMatchObject({ status: "failed", errorCode: "interrupted", event: "on_demand", nodePath: [nodeId] });
    expect(trace.request?.url).toContain(trace.id);
  }
  expect([...seen].sort()).toEqual(
    traces
      .filter((trace) => trace.triggerId !== asking)
      .map(({ id }) => id)
      .sort(),
  );
  expect(await getDb().$count(runLeases)).toBe(0);
});

test("under load nothing that was answered is lost, and whatever reached the service has a run", async () => {
  const web = await startWeb();
  const triggerId = await makeTrigger("/load");
  seen.clear();
  const answered = new Set<string>();
  const callers = Array.from({ length: 32 }, async () => {
    for (;;) {
      const call = await run(web, triggerId);
      if (call === "broken") return;
      expect([call.status, call.run.status]).toEqual([200, "succeeded"]);
      answered.add(call.run.id);
    }
  });
  await expect.poll(() => answered.size, { timeout: 10_000 }).toBeGreaterThan(100);
  await kill(web);
  await Promise.all(callers);
  // A statement that was on its way may be at work still.
  await getPool().query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'",
  );
  await letNotesEnd();
  const recorded = new Map((await runsOf(triggerId)).map(({ id, status }) => [id, status]));
  expect([...answered].filter((id) => recorded.get(id) !== "succeeded")).toEqual([]);
  expect([...seen].filter((id) => !recorded.has(id))).toEqual([]);
});

test("a process that is asked to stop says so at /readyz, answers and records what it has, and closes its connections", async () => {
  const web = await startWeb({ SALLYPORT_DRAIN_SECONDS: "1" });
  const [triggerId, quick] = await Promise.all([makeTrigger("/held"), makeTrigger("/quick")]);
  const ready = async () => {
    const answer = await fetch(`${web.url}/readyz`);
    return [answer.status, answer.headers.get("connection"), await answer.json()];
  };
  expect(await ready()).toEqual([200, "keep-alive", { status: "ready" }]);
  seen.clear();
  const waiting = run(web, triggerId);
  const leaving = new AbortController();
  const left = fetch(`${web.url}/api/v1/triggers/${triggerId}/run`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: "{}",
    signal: leaving.signal,
  }).catch(() => "left");
  await expect.poll(() => seen.size, { timeout: 5000 }).toBe(2);
  leaving.abort();
  expect(await left).toBe("left");

  const gone = once(web.child, "exit");
  web.child.kill("SIGTERM");
  await expect.poll(ready).toEqual([503, "close", { status: "not ready", reason: "it is shutting down" }]);
  // Until the load balancer has noticed, requests still come and are served.
  expect(await run(web, quick)).toMatchObject({ status: 200, run: { status: "succeeded" } });
  await expect.poll(() => ready().catch(() => "refused"), { timeout: 5000 }).toBe("refused");
  held.resolve();
  const answer = await waiting;
  expect(answer).toMatchObject({ status: 200, run: { status: "succeeded" } });
  expect(await gone).toEqual([0, null]);
  expect((await runsOf(triggerId)).map(({ id, status }) => [id, status]).sort()).toEqual(
    [...seen]
      .slice(0, 2)
      .map((id) => [id, "succeeded"])
      .sort(),
  );
  expect(await getDb().$count(runStarts)).toBe(0);
});
