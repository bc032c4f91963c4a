import { randomUUID } from "node:crypto";
import { eq, inArray } from "drizzle-orm";
import { beforeAll, expect, test, vi } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { schedules } from "#drizzle/schema/schedules.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startPgbouncer } from "#scripts/test-pgbouncer.ts";
import { setUpService } from "#scripts/test-service.ts";
import { setUpWorkers } from "#scripts/test-workers.ts";
import { createCredential } from "../credentials/create-credential.ts";
import { credentialInput } from "../credentials/schema.ts";
import { getDb, getPool } from "../db/client.ts";
import { systemContext } from "../identity/context.ts";
import { insertNode } from "../runs/fixtures.ts";
import { createTransport } from "../transports/create-transport.ts";
import { transportInput } from "../transports/schema.ts";
import { updateTransport } from "../transports/update-transport.ts";
import { createTrigger } from "./create-trigger.ts";
import { fireTrigger } from "./fire.ts";
import { fireDue } from "./fire-due.ts";
import { getTrigger } from "./get-trigger.ts";
import { triggerInput } from "./schema.ts";
import { updateTrigger } from "./update-trigger.ts";

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });
const service = setUpService();
const workers = setUpWorkers();
const tester = systemContext("Tester");
const minutely = { kind: "schedule", cron: "* * * * *", timezone: "Europe/Berlin" };

let nodeId: string;
let transportId: string;
beforeAll(async () => {
  nodeId = await insertNode("Plant");
  transportId = (await makeTransport()).id;
});

const makeTransport = () => {
  const http = { url: service.url, method: "POST" };
  return createTransport(tester, transportInput.parse({ name: randomUUID(), nodeId, type: "HTTP", http }));
};
const makeTrigger = (fields: Record<string, unknown> = {}) => {
  const request = { path: "/{{run.id}}", query: { due: "{{run.dueAt}}" } };
  const input = { name: randomUUID(), nodeId, transportId, event: minutely, request, ...fields };
  return createTrigger(tester, triggerInput.parse(input));
};
/** Lets a schedule be due now, as if its time had come so many seconds ago. */
const makeDue = (triggerId: string, secondsAgo = 0) =>
  getPool().query(
    "update schedules set next_due_at = date_trunc('minute', now()) - $2 * interval '1 second' where trigger_id = $1",
    [triggerId, secondsAgo],
  );
/** Waits out the end of a minute, in which another one would become due between two steps of a test. */
const awaitEarlyMinute = () =>
  vi.waitFor(() => expect(new Date().getSeconds()).toBeLessThan(50), { timeout: 15_000, interval: 100 });
const runsOf = (triggerId: string) => getDb().select().from(runs).where(eq(runs.triggerId, triggerId)).orderBy(runs.id);

test("each due time of forty schedules makes one run, whatever the number of worker processes", async () => {
  const made: string[] = [];
  for (let n = 0; n < 40; n++) made.push((await makeTrigger({ event: { ...minutely, cron: "0 0 1 1 *" } })).id);
  const started = await workers.start(3);
  const due = new Set<string>();
  for (let round = 1; round <= 3; round++) {
    const { rows } = await getPool().query<{ at: Date }>(
      "update schedules set next_due_at = date_trunc('milliseconds', now()) returning next_due_at as at",
    );
    for (const { at } of rows) due.add(at.toISOString());
    await vi.waitFor(
      async () => {
        const all = await getDb().select({ status: runs.status, event: runs.event }).from(runs);
        expect(all.filter((run) => run.status === "succeeded")).toHaveLength(40 * round);
      },
      { timeout: 150_000, interval: 200 },
    );
  }
  for (const id of made) {
    const own = await runsOf(id);
    expect(own.map((run) => run.event)).toEqual(["schedule", "schedule", "schedule"]);
    expect(new Set(own.map((run) => run.dueAt?.toISOString()))).toEqual(due);
  }
  expect(service.seen).toHaveLength(120);
  expect(new Set(service.seen.map(({ url }) => url)).size).toBe(120);
  for (const worker of started) expect(await workers.end(worker, "SIGTERM")).toBe(0);
  await getPool().query("delete from triggers");
}, 500_000);

test("so it is behind pgbouncer in transaction mode, where nothing may belong to a session", async () => {
  const database = process.env.DATABASE_URL ?? "";
  const pgbouncer = await startPgbouncer(database);
  const event = { ...minutely, cron: "0 0 1 1 *" };
  const made: string[] = [];
  for (let n = 0; n < 20; n++) made.push((await makeTrigger({ event, maxInProgress: 1, queueSize: 1 })).id);
  await getPool().query("update schedules set next_due_at = date_trunc('milliseconds', now())");
  const started = await workers.start(3, { DATABASE_URL: pgbouncer.behind(database) });
  await vi.waitFor(
    async () => {
      const all = await getDb().select({ status: runs.status }).from(runs).where(inArray(runs.triggerId, made));
      expect(all.map((run) => run.status)).toEqual(Array(20).fill("succeeded"));
    },
    { timeout: 150_000, interval: 200 },
  );
  expect(service.seen).toHaveLength(20);
  for (const worker of started) expect(await workers.end(worker, "SIGTERM")).toBe(0);
  await pgbouncer.close();
  await getPool().query("delete from triggers");
}, 240_000);

test("many that see the same due time at once make one run, which says by what and for when it was made", async () => {
  await awaitEarlyMinute();
  const trigger = await makeTrigger();
  expect(Date.parse(trigger.schedule!.nextDueAt!)).toBeGreaterThan(Date.now());
  await makeDue(trigger.id);
  const moved = await Promise.all(Array.from({ length: 8 }, () => fireDue()));
  expect(moved.reduce((sum, count) => sum + count, 0)).toBe(1);
  const [run, ...more] = await runsOf(trigger.id);
  expect(more).toEqual([]);
  expect(run).toMatchObject({
    status: "queued",
    event: "schedule",
    actor: "Schedule * * * * *, Europe/Berlin",
    durationMs: 0,
  });
  const { schedule } = await getTrigger(tester, trigger.id);
  expect(schedule?.lastDueAt).toBe(run!.dueAt!.toISOString());
  expect(Date.parse(schedule!.nextDueAt!) - run!.dueAt!.getTime()).toBe(60_000);
  expect(schedule?.missed).toBe(0);
});

/**
 * Two claimers that have read what is due and wait before they lock it, held by a lock of the table that readers don't mind.
 * @param meanwhile what another process does and commits before either goes on.
 * @returns how many schedules the two moved on.
 */
async function claimTogether(meanwhile?: string): Promise<number> {
  const barrier = await getPool().connect();
  try {
    await barrier.query("begin");
    await barrier.query("lock table schedules in exclusive mode");
    const claims = [fireDue(), fireDue()];
    await vi.waitFor(
      async () => {
        const { rowCount } = await barrier.query(
          "select from pg_locks where relation = 'schedules'::regclass and mode = 'RowShareLock' and not granted",
        );
        expect(rowCount).toBe(2);
      },
      { timeout: 30_000, interval: 20 },
    );
    if (meanwhile) await barrier.query(meanwhile);
    await barrier.query("commit");
    return (await Promise.all(claims)).reduce((sum, count) => sum + count, 0);
  } finally {
    await barrier.query("rollback");
    barrier.release();
  }
}

test("of two that have read the same due time before either takes it, one makes the run", async () => {
  const trigger = await makeTrigger();
  await makeDue(trigger.id);
  expect(await claimTogether()).toBe(1);
  expect(await runsOf(trigger.id)).toHaveLength(1);
  await getPool().query("delete from triggers");
});

test.each([
  ["its next one, which is not due yet", "date_trunc('minute', now()) + interval '1 minute'"],
  ["another one that is due as well", "next_due_at - interval '1 hour'"],
  ["none", "null"],
])("who has read a due time that is moved on to %s before it is taken makes no run of it", async (_, next) => {
  const trigger = await makeTrigger();
  await makeDue(trigger.id);
  expect(await claimTogether(`update schedules set next_due_at = ${next}`)).toBe(0);
  expect(await runsOf(trigger.id)).toEqual([]);
  await getPool().query("delete from triggers");
});

test("times that nobody was there for are skipped and noted, and the next one is kept", async () => {
  await awaitEarlyMinute();
  const trigger = await makeTrigger({ event: { ...minutely, cron: "0 * * * *", catchUp: "skip" } });
  await getPool().query(
    "update schedules set next_due_at = date_trunc('hour', now() - interval '10 minutes') - interval '3 hours' where trigger_id = $1",
    [trigger.id],
  );
  // Near the full hour the latest one is not missed.
  const minute = new Date().getMinutes();
  await fireDue();
  const own = await runsOf(trigger.id);
  expect(own.length).toBe(minute === 0 ? 1 : 0);
  const { schedule } = await getTrigger(tester, trigger.id);
  expect(schedule!.missed).toBeGreaterThanOrEqual(3);
  expect(Date.parse(schedule!.nextDueAt!)).toBeGreaterThan(Date.now());
});

test("once: one run for the latest of the missed times, however many there were", async () => {
  await awaitEarlyMinute();
  const trigger = await makeTrigger({ event: { ...minutely, catchUp: "once" } });
  await makeDue(trigger.id, 3600);
  expect(await fireDue()).toBe(1);
  expect(await fireDue()).toBe(0);
  const [run, ...more] = await runsOf(trigger.id);
  expect(more).toEqual([]);
  expect(Date.now() - run!.dueAt!.getTime()).toBeLessThan(125_000);
  expect((await getTrigger(tester, trigger.id)).schedule!.missed).toBeGreaterThanOrEqual(59);
});

test("a paused schedule and that of a disabled trigger are never due; resuming begins with the next time from then", async () => {
  await awaitEarlyMinute();
  const trigger = await makeTrigger({ event: { ...minutely, paused: true } });
  expect(trigger.schedule?.nextDueAt).toBeNull();
  const resumed = await updateTrigger(tester, trigger.id, {
    version: 1,
    event: triggerInput.shape.event.parse({ ...minutely, catchUp: "once" }),
  });
  expect(Date.parse(resumed.schedule!.nextDueAt!)).toBeGreaterThan(Date.now());
  const disabled = await updateTrigger(tester, trigger.id, { version: 2, enabled: false });
  expect(disabled.schedule?.nextDueAt).toBeNull();
  await fireDue();
  expect(await runsOf(trigger.id)).toEqual([]);
  const back = await updateTrigger(tester, trigger.id, { version: 3, enabled: true });
  expect(back.schedule?.nextDueAt).toBe(resumed.schedule?.nextDueAt ?? "");
});

test("an edit of other fields leaves the next time, and another event ends the schedule", async () => {
  const trigger = await makeTrigger({ event: { ...minutely, cron: "0 0 1 1 *" } });
  const due = new Date(Date.now() + 5000);
  await getDb().update(schedules).set({ nextDueAt: due }).where(eq(schedules.triggerId, trigger.id));
  const renamed = await updateTrigger(tester, trigger.id, { version: 1, notes: "x" });
  expect(renamed.schedule?.nextDueAt).toBe(due.toISOString());
  const ended = await updateTrigger(tester, trigger.id, { version: 2, event: { kind: "on_demand" } });
  expect(ended.schedule).toBeNull();
  expect(await getDb().select().from(schedules).where(eq(schedules.triggerId, trigger.id))).toEqual([]);
});

test("a run that is due while the one before goes on waits in the queue, or is refused as a run", async () => {
  const trigger = await makeTrigger({ maxInProgress: 1, queueSize: 1 });
  for (let round = 0; round < 3; round++) {
    await getPool().query("update schedules set next_due_at = now() where trigger_id = $1", [trigger.id]);
    await fireDue();
  }
  const own = await runsOf(trigger.id);
  expect(own.map((run) => run.status)).toEqual(["queued", "queued", "failed"]);
  expect(own[2]).toMatchObject({ errorCode: "queue_full", event: "schedule" });
});

test("a trigger with a schedule can be run by hand too, and says that it was", async () => {
  const trigger = await makeTrigger();
  const run = await fireTrigger(tester, trigger.id);
  expect(run).toMatchObject({ status: "succeeded", event: "on_demand", actor: "Tester", dueAt: null });
});

test("a schedule that can't work is refused when it is saved, at its field", async () => {
  const parse = (event: Record<string, unknown>) =>
    triggerInput.safeParse({ name: "x", nodeId, transportId, request: { path: "" }, event }).error?.issues[0];
  expect(parse({ ...minutely, cron: "61 * * * *" })).toMatchObject({ path: ["event", "cron"] });
  expect(parse({ ...minutely, timezone: "Berlin" })).toMatchObject({ path: ["event", "timezone"] });
  expect(parse({ kind: "hourly" })?.message).toContain("on_demand, schedule or webhook");
  await expect(makeTrigger({ request: { path: "/{{variables.id}}" } })).rejects.toMatchObject({
    code: "template_invalid",
    fields: [{ field: "request.path", message: expect.stringContaining("nobody gives variables.id") }],
  });
  await expect(makeTrigger({ request: { path: "/", body: "{{webhook.body}}" } })).rejects.toMatchObject({
    code: "template_invalid",
    fields: [{ field: "request.body", message: expect.stringContaining("event is Webhook") }],
  });
});

test("neither a schedule over a User credential can be saved, nor a User credential into the transport of a schedule", async () => {
  const user = await createCredential(
    tester,
    credentialInput.parse({
      name: "People",
      type: "user",
      endpointUrl: "https://idp.example.com/token",
      authorizationUrl: "https://idp.example.com/authorize",
      jwksUrl: "https://idp.example.com/keys",
      issuer: "https://idp.example.com",
      clientId: "c",
      clientSecret: "s",
      scope: "openid",
      jwtUsernameKey: "sub",
      allowedHosts: ["127.0.0.1"],
    }),
  );
  await getDb()
    .update(credentials)
    .set({ allowedHosts: [new URL(service.url).hostname] });
  const transport = await makeTransport();
  const authorization = { kind: "credential" as const, credentialId: user.id };
  const delegated = await updateTransport(tester, transport.id, { version: 1, authorization });
  await expect(makeTrigger({ transportId: transport.id })).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field: "event.kind", message: expect.stringContaining("nobody is signed in then") }],
  });
  await updateTransport(tester, transport.id, { version: delegated.version, authorization: { kind: "none" } });
  const trigger = await makeTrigger({ transportId: transport.id });
  await expect(updateTransport(tester, transport.id, { version: 3, authorization })).rejects.toMatchObject({
    code: "invalid_input",
    fields: [
      { field: "authorization.credentialId", message: expect.stringContaining(`${trigger.name} uses this transport`) },
    ],
  });
});
