import { randomUUID } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { runLeases } from "#drizzle/schema/run-leases.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import type { RunStatus } from "#lib/delivery/runs/model.ts";
import { getRun, listRuns } from "#lib/delivery/runs/read-runs.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { deleteTrigger } from "#lib/delivery/trigger-edits/delete-trigger.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getDb, getPool } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { setUpService } from "#scripts/test-service.ts";
import { setUpWorkers } from "#scripts/test-workers.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { cancelRun } from "./cancel-run.ts";

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });
const service = setUpService();
const workers = setUpWorkers();
const tester = systemContext("Tester");

let nodeId: string;
beforeAll(async () => {
  nodeId = await insertNode("Plant");
  await workers.keep(3);
  // A slow worker keeps its jobs: they come to another one only after `endHeartbeats`.
  await waitFor(async () => {
    const { rowCount } = await getPool().query("update pgboss.queue set heartbeat_seconds = 36000");
    expect(rowCount).toBe(1);
  });
});

/** Lets jobs look as if their workers had been gone for long. */
const endHeartbeats = () =>
  getPool().query("update pgboss.job set heartbeat_on = now() - interval '1 day' where state = 'active'");

async function makeTrigger(limits: Record<string, unknown>) {
  const name = randomUUID();
  const http = { url: service.url, method: "POST" };
  // No run ends by its limits while a test holds its request back.
  const input = transportInput.parse({ name, nodeId, type: "HTTP", http, timeoutMs: 600_000 });
  const transport = await createTransport(tester, input);
  const request = { path: "/{{variables.n}}", body: "" };
  const settings = { name, nodeId, transportId: transport.id, request, maxExecutionMs: 600_000, ...limits };
  return createTrigger(tester, triggerInput.parse(settings));
}

const fire = (id: string, n: number) => fireTrigger(tester, id, { variables: { n } });
const statusOf = async (id: string): Promise<RunStatus> => (await getRun(tester, id)).status;

/** Holds every request back until the test lets it go. */
function holdRequests() {
  const held: { url: string; let: () => void }[] = [];
  service.answer = ({ url }) => new Promise((resolve) => held.push({ url, let: () => resolve({}) }));
  return held;
}

test("what does not fit waits in a queue, visibly, in order, and what does not fit there is refused as a run", async () => {
  await workers.keep(3);
  const trigger = await makeTrigger({ maxInProgress: 1, queueSize: 2 });
  const held = holdRequests();
  const first = fire(trigger.id, 0);
  await waitFor(() => expect(held).toHaveLength(1));
  const waiting = [await fire(trigger.id, 1), await fire(trigger.id, 2)];
  const refused = await fire(trigger.id, 3);
  expect(refused).toMatchObject({ status: "failed", attempts: 0, error: { code: "queue_full" } });
  for (const run of waiting) {
    expect(run).toMatchObject({ status: "queued", attempts: 0, error: null, response: null, durationMs: 0 });
    expect(run.queuedAt).not.toBeNull();
    expect(await getRun(tester, run.id)).toEqual(run);
  }
  expect((await getTrigger(tester, trigger.id)).queued).toBe(2);
  const listed = await listRuns(tester, { triggerId: trigger.id, status: "queued" });
  expect(listed.items.map(({ id }) => id)).toEqual([waiting[1]!.id, waiting[0]!.id]);

  held[0]!.let();
  expect((await first).status).toBe("succeeded");
  await waitFor(() => expect(held.map(({ url }) => url)).toEqual(["/0", "/1"]));
  expect(await statusOf(waiting[0]!.id)).toBe("running");
  expect(await statusOf(waiting[1]!.id)).toBe("queued");
  // The place is taken, whoever asks.
  const late = await fire(trigger.id, 4);
  expect(late.status).toBe("queued");
  held[1]!.let();
  await waitFor(() => expect(held.map(({ url }) => url)).toEqual(["/0", "/1", "/2"]));
  held[2]!.let();
  await waitFor(() => expect(held).toHaveLength(4));
  held[3]!.let();
  await waitFor(async () => expect(await statusOf(late.id)).toBe("succeeded"));
  const done = await getRun(tester, waiting[1]!.id);
  expect(done).toMatchObject({ status: "succeeded", attempts: 1, queuedAt: waiting[1]!.queuedAt, actor: "Tester" });
  expect(Date.parse(done.startedAt)).toBeGreaterThanOrEqual(Date.parse(done.queuedAt!));
  expect(await getDb().select().from(queuedRuns)).toEqual([]);
});

test("three processes that take from one queue make each run once and never more at once than the limit", async () => {
  await workers.keep(3);
  const trigger = await makeTrigger({ maxInProgress: 4, queueSize: 1000 });
  let inProgress = 0;
  let most = 0;
  service.answer = async () => {
    most = Math.max(most, ++inProgress);
    await new Promise((resolve) => setImmediate(resolve));
    inProgress--;
    return {};
  };
  // Everything waits: all places are taken.
  const leases = Array.from({ length: 4 }, () => ({ runId: randomUUID(), triggerId: trigger.id }));
  await getDb()
    .insert(runLeases)
    .values(leases.map((lease) => ({ ...lease, until: new Date(Date.now() + 3_600_000) })));
  const queued = await Promise.all(Array.from({ length: 60 }, (_, n) => fire(trigger.id, n)));
  expect(new Set(queued.map(({ status }) => status))).toEqual(new Set(["queued"]));
  await getDb().delete(runLeases);
  // Meanwhile more come, which find a place or a place in the queue.
  const beside = await Promise.all(Array.from({ length: 20 }, (_, n) => fire(trigger.id, 100 + n)));
  const all = [...queued, ...beside].map(({ id }) => id);
  await expect.poll(() => getDb().$count(runs, and(inArray(runs.id, all), eq(runs.status, "succeeded")))).toBe(80);
  expect(service.seen.map(({ url }) => url).toSorted()).toEqual(
    [...queued.map((_, n) => `/${n}`), ...beside.map((_, n) => `/${100 + n}`)].toSorted(),
  );
  expect(most).toBeLessThanOrEqual(4);
});

test("a queued run is made by the configuration of when it is made: a disabled trigger refuses it in words", async () => {
  await workers.keep(3);
  const trigger = await makeTrigger({ maxInProgress: 1, queueSize: 5 });
  const held = holdRequests();
  const direct = fire(trigger.id, 0);
  await waitFor(() => expect(held).toHaveLength(1));
  const queued = await fire(trigger.id, 1);
  await updateTrigger(tester, trigger.id, { version: trigger.version, enabled: false });
  held[0]!.let();
  await direct;
  await waitFor(async () => expect((await getRun(tester, queued.id)).error?.code).toBe("trigger_disabled"));
  expect(service.seen).toHaveLength(1);
});

test("a queued run can be cancelled by whoever may run the trigger, once, and that is recorded", async () => {
  const trigger = await makeTrigger({ maxInProgress: 1, queueSize: 5 });
  const held = holdRequests();
  const direct = fire(trigger.id, 0);
  await waitFor(() => expect(held).toHaveLength(1));
  const queued = await fire(trigger.id, 1);
  const onlooker = { ...tester, grants: [{ role: "lead" as const, nodeId: null }] };
  await expect(cancelRun(onlooker, queued.id)).rejects.toMatchObject({ code: "forbidden" });
  const cancelled = await cancelRun(tester, queued.id);
  expect(cancelled).toMatchObject({ status: "failed", error: { code: "run_cancelled" }, attempts: 0 });
  expect(cancelled.error?.message).toContain("Tester");
  await expect(cancelRun(tester, queued.id)).rejects.toMatchObject({ code: "conflict" });
  const records = await getDb().select().from(auditRecords);
  expect(records.at(-1)).toMatchObject({ action: "run.cancel", targetId: queued.id });
  held[0]!.let();
  await direct;
  expect(service.seen).toHaveLength(1);
});

test("deleting a trigger ends its queued runs as cancelled", async () => {
  const trigger = await makeTrigger({ maxInProgress: 1, queueSize: 5 });
  await getPool().query(
    "insert into run_leases (run_id, trigger_id, until) values (gen_random_uuid(), $1, now() + interval '1 hour')",
    [trigger.id],
  );
  const queued = await fire(trigger.id, 1);
  expect(queued.status).toBe("queued");
  await deleteTrigger(tester, trigger.id);
  expect(await getRun(tester, queued.id)).toMatchObject({ status: "failed", error: { code: "run_cancelled" } });
});

test("a worker that ends at SIGTERM finishes its runs and leaves the others in the queue", async () => {
  const [worker] = await workers.keep(1);
  const trigger = await makeTrigger({ maxInProgress: 1, queueSize: 5 });
  const held = holdRequests();
  const direct = fire(trigger.id, 0);
  await waitFor(() => expect(held).toHaveLength(1));
  const [first, second] = [await fire(trigger.id, 1), await fire(trigger.id, 2)];
  held[0]!.let();
  await direct;
  await waitFor(() => expect(held).toHaveLength(2));
  const ended = workers.end(worker!, "SIGTERM");
  held[1]!.let();
  expect(await ended).toBe(0);
  expect([await statusOf(first!.id), await statusOf(second!.id)]).toEqual(["succeeded", "queued"]);
  expect(held).toHaveLength(2);
  const cancelled = await cancelRun(tester, second!.id);
  expect(cancelled).toMatchObject({ status: "failed", error: { code: "run_cancelled" } });
});

test("runs whose jobs are gone get new ones when a worker starts", async () => {
  await workers.keep(0);
  const trigger = await makeTrigger({ maxInProgress: 1, queueSize: 5 });
  const held = holdRequests();
  const direct = fire(trigger.id, 0);
  await waitFor(() => expect(held).toHaveLength(1));
  const queued = await fire(trigger.id, 1);
  // As if a backup of our tables alone had been restored.
  await getDb().update(queuedRuns).set({ state: "ready" });
  held[0]!.let();
  await direct;
  service.answer = () => ({});
  await workers.keep(1);
  await waitFor(async () => expect(await statusOf(queued.id)).toBe("succeeded"));
});

test("a run whose worker is killed in the middle is not sent again, and says what is known; one marked safe is", async () => {
  const [doomed] = await workers.keep(1);
  const once = await makeTrigger({ maxInProgress: 1, queueSize: 5 });
  const safe = await makeTrigger({ maxInProgress: 1, queueSize: 5, repeatInterrupted: true });
  const held = holdRequests();
  const direct = [fire(once.id, 0), fire(safe.id, 10)];
  await waitFor(() => expect(held).toHaveLength(2));
  const cut = await fire(once.id, 1);
  const after = await fire(once.id, 2);
  const repeated = await fire(safe.id, 11);
  for (const each of held) each.let();
  await Promise.all(direct);
  await expect.poll(() => held.map(({ url }) => url).toSorted()).toEqual(["/0", "/1", "/10", "/11"]);
  await workers.end(doomed!, "SIGKILL");
  expect(await statusOf(cut.id)).toBe("running");
  service.answer = () => ({});
  await workers.keep(2);
  await endHeartbeats();
  await waitFor(async () => expect((await getRun(tester, cut.id)).error?.code).toBe("interrupted"));
  await waitFor(async () => expect(await statusOf(repeated.id)).toBe("succeeded"));
  // The place came free for the next one.
  await waitFor(async () => expect(await statusOf(after.id)).toBe("succeeded"));
  const urls = service.seen.map(({ url }) => url);
  expect(urls.filter((url) => url === "/1")).toHaveLength(1);
  expect(urls.filter((url) => url === "/11")).toHaveLength(2);
});
