import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { fireTrigger, startRun } from "#lib/delivery/firing/fire.ts";
import { releaseRun, releaseRuns } from "#lib/delivery/firing/release-runs.ts";
import { makeQueuedRuns } from "#lib/delivery/firing/work.ts";
import { getRun, listRuns } from "#lib/delivery/runs/read-runs.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { getTriggerPlan } from "#lib/delivery/triggers/plan.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { tokenCache } from "#lib/oauth/tokens/get-token.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { closePools } from "#lib/platform/net/pools.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { setUpService } from "#scripts/test-service.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { cancelRun } from "./cancel-run.ts";
import { releaseRepaired } from "./hold-runs.ts";

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });
const service = setUpService();
const tester = systemContext("Tester");

/** A token endpoint that knows the client, or does not. */
let provider: Listening;
let knowsClient = true;
let nodeId: string;
beforeAll(async () => {
  provider = await listen((request, response) => {
    request.resume();
    const headers = { "content-type": "application/json" };
    if (knowsClient)
      response.writeHead(200, headers).end('{"access_token":"t","token_type":"Bearer","expires_in":3600}');
    else response.writeHead(401, headers).end('{"error":"invalid_client"}');
  });
  nodeId = await insertNode("Plant");
});
afterAll(async () => {
  await closePools();
  await provider.close();
});
beforeEach(async () => {
  knowsClient = true;
  await getDb().delete(queuedRuns);
});

async function makeTrigger(limits: Record<string, unknown> = {}) {
  const [credentialId] = await insertManyCredentials(1, `http://127.0.0.1:${provider.port}/token`);
  const authorization = { kind: "credential", credentialId };
  const http = { url: service.url, method: "POST" };
  const transport = await createTransport(
    tester,
    transportInput.parse({ name: randomUUID(), nodeId, type: "HTTP", http, authorization }),
  );
  const trigger = await createTrigger(
    tester,
    triggerInput.parse({
      ...{ name: randomUUID(), nodeId, transportId: transport.id, holdHours: 2 },
      ...{ request: { path: "/{{variables.n}}", body: "" }, ...limits },
    }),
  );
  return { trigger, transport, credentialId: credentialId! };
}

const fire = (id: string, n = 1) => fireTrigger(tester, id, { variables: { n } });
const statusOf = async (id: string) => (await getRun(tester, id)).status;
const release = () => inTransaction((tx) => releaseRepaired(tx));
const check = (id: string) => tokenCache.acquire({ id, version: 0 }, { kind: "check", cause: "Tester", runId: null });
const startWorker = () =>
  startTask({ name: "make runs", everyMs: 250, failure: "the queue could not be read", ...makeQueuedRuns() });
/** As if it had been held for longer. */
const age = (id: string, seconds: number) =>
  getDb().execute(sql`
    update queued_runs set held_at = held_at - ${seconds} * interval '1 second',
      held_until = held_until - ${seconds} * interval '1 second' where run_id = ${id}`);
/** An edit of the credential, which is checked after it. */
async function edit(credentialId: string) {
  await getDb().update(credentials).set({ version: 2 }).where(eq(credentials.id, credentialId));
  await check(credentialId);
}

test("a run that gets no token is held, and made again by itself when the credential works", async () => {
  const { trigger, credentialId } = await makeTrigger();
  knowsClient = false;
  const before = Date.now();
  const run = await fire(trigger.id);
  expect(run).toMatchObject({ status: "held", response: null, error: { code: "token_request_refused" } });
  expect(Date.parse(run.heldUntil!)).toBeGreaterThanOrEqual(before + 2 * 3_600_000);
  expect(await getRun(tester, run.id)).toEqual(run);
  expect(service.seen).toEqual([]);
  expect(await getTrigger(tester, trigger.id)).toMatchObject({ held: 1, queued: 0 });
  const listed = await listRuns(tester, { triggerId: trigger.id, status: "held" });
  expect(listed.items.map(({ id }) => id)).toEqual([run.id]);

  await age(run.id, 60);
  expect(await release()).toBe(0);
  knowsClient = true;
  await check(credentialId);
  const worker = startWorker();
  await expect.poll(() => statusOf(run.id)).toBe("succeeded");
  await worker.stop();
  const { queuedAt, heldUntil } = await getRun(tester, run.id);
  expect([typeof queuedAt, heldUntil]).toEqual(["string", new Date(Date.parse(run.heldUntil!) - 60_000).toISOString()]);
  expect(service.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([["/1", "Bearer t"]]);
  expect(await getDb().$count(queuedRuns)).toBe(0);
});

test("a run whose token the service refuses is held until credential or transport are changed", async () => {
  service.answer = () => ({ status: 401 });
  const { trigger, credentialId } = await makeTrigger();
  const other = await makeTrigger();
  const runs = [await fire(trigger.id), await fire(other.trigger.id)];
  expect(runs.map(({ status, attempts }) => [status, attempts])).toEqual([
    ["held", 2],
    ["held", 2],
  ]);
  // The provider gives tokens all the time, which is no news.
  for (const { id } of runs) await age(id, 600);
  await check(credentialId);
  expect(await release()).toBe(0);
  await edit(credentialId);
  expect(await release()).toBe(1);
  expect(await statusOf(runs[0]!.id)).toBe("queued");
  const { version } = other.transport;
  await updateTransport(tester, other.transport.id, { version, timeoutMs: 5000 });
  await check(other.credentialId);
  expect(await release()).toBe(1);
  expect(await statusOf(runs[1]!.id)).toBe("queued");
});

test("a run of the queue is held as well, and its second job is made like its first", async () => {
  const { trigger, credentialId } = await makeTrigger();
  knowsClient = false;
  const plan = await getTriggerPlan(trigger.id);
  const input = { variables: { n: 7 }, webhook: null, dueAt: null };
  const firing = { runId: v7(), event: "webhook" as const, actor: tester.actor, input };
  const { id } = await startRun(plan, firing, { atOnce: false });
  const worker = startWorker();
  await expect.poll(() => statusOf(id)).toBe("held");
  knowsClient = true;
  await edit(credentialId);
  await expect.poll(() => statusOf(id)).toBe("succeeded");
  expect(service.seen.map(({ url }) => url)).toEqual(["/7"]);
  await worker.stop();
});

test("one that fails again after its release is held again, from then on", async () => {
  const { trigger } = await makeTrigger();
  knowsClient = false;
  const run = await fire(trigger.id);
  await age(run.id, 3600);
  const worker = startWorker();
  await releaseRun(tester, run.id);
  await waitFor(async () => {
    const again = await getRun(tester, run.id);
    expect(again.status).toBe("held");
    expect(Date.parse(again.heldUntil!)).toBeGreaterThan(Date.parse(run.heldUntil!) - 1);
  });
  await worker.stop();
  const [row] = await getDb().select().from(queuedRuns);
  expect(row).toMatchObject({ state: "held", begun: 0 });
});

test("what nobody repaired in time ends as it failed", async () => {
  const { trigger } = await makeTrigger();
  knowsClient = false;
  const run = await fire(trigger.id);
  await age(run.id, 3600);
  await release();
  expect(await statusOf(run.id)).toBe("held");
  await age(run.id, 3601);
  await release();
  expect(await getRun(tester, run.id)).toMatchObject({ status: "failed", error: run.error });
  expect(await getDb().$count(queuedRuns)).toBe(0);
});

test("held runs take no place of the trigger, and can be cancelled or released by hand, which is audited", async () => {
  const { trigger } = await makeTrigger({ maxInProgress: 1, queueSize: 0 });
  knowsClient = false;
  const [first, second, third] = [await fire(trigger.id, 1), await fire(trigger.id, 2), await fire(trigger.id, 3)];
  expect([first, second, third].map(({ status }) => status)).toEqual(["held", "held", "held"]);
  const cancelledRun = await cancelRun(tester, first.id);
  expect(cancelledRun).toMatchObject({ status: "failed", error: { code: "run_cancelled" } });
  expect((await releaseRun(tester, second.id)).status).toBe("queued");
  await expect(releaseRun(tester, second.id)).rejects.toMatchObject({ code: "conflict" });
  expect(await releaseRuns(tester, trigger.id)).toEqual({ released: 1 });
  expect(await releaseRuns(tester, trigger.id)).toEqual({ released: 0 });
  expect(await statusOf(third.id)).toBe("queued");
  const records = await getDb().select({ action: auditRecords.action }).from(auditRecords).orderBy(auditRecords.id);
  expect(records.slice(-3).map(({ action }) => action)).toEqual(["run.cancel", "run.release", "trigger.release"]);
});

test("only what fails on authentication is held, and only where the trigger says so", async () => {
  const { trigger } = await makeTrigger();
  for (const status of [403, 500]) {
    service.answer = () => ({ status });
    expect(await fire(trigger.id)).toMatchObject({ status: "failed", heldUntil: null });
  }
  knowsClient = false;
  const without = await makeTrigger({ holdHours: 0 });
  expect(await fire(without.trigger.id)).toMatchObject({ status: "failed", error: { code: "token_request_refused" } });
  expect(await getDb().$count(queuedRuns)).toBe(0);
});

test("a disabled trigger keeps its held runs, and more than a thousand are not held", async () => {
  const { trigger, credentialId } = await makeTrigger();
  knowsClient = false;
  const run = await fire(trigger.id);
  await getDb().execute(sql`update triggers set enabled = false where id = ${trigger.id}`);
  knowsClient = true;
  await edit(credentialId);
  expect(await release()).toBe(0);
  await getDb().execute(sql`update triggers set enabled = true where id = ${trigger.id}`);
  await getDb().execute(sql`
    insert into queued_runs (run_id, trigger_id, state, event, actor, input, held_at, held_until, held_for)
    select gen_random_uuid(), ${trigger.id}, 'held', 'on_demand', '{}', '{}', now(), now() + interval '1 hour', 'service'
    from generate_series(1, 999)`);
  await getDb().delete(tokens);
  tokenCache.clear();
  knowsClient = false;
  expect((await fire(trigger.id)).status).toBe("failed");
  expect(await statusOf(run.id)).toBe("held");
});
