import { randomUUID } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { runs } from "#drizzle/schema/runs.ts";
import { schedules } from "#drizzle/schema/schedules.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { changeDestination } from "#lib/oauth/credential-edits/rebind.ts";
import { credentialInput } from "#lib/oauth/credentials/schema.ts";
import { getDb, getPool, inTransaction } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { startPgbouncer } from "#scripts/test-pgbouncer.ts";
import { setUpService } from "#scripts/test-service.ts";
import { setUpWorkers } from "#scripts/test-workers.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { fireDue } from "./fire-due.ts";

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });
const service = setUpService();
const workers = setUpWorkers();
const tester = systemContext("Tester");
const minutely = { kind: "schedule", cron: "* * * * *", timezone: "Europe/Berlin" };
/** A time of the clock that most tests pass in. */
const at = (time: string) => new Date(`2026-05-01T${time}Z`);

let nodeId: string;
let transportId: string;
beforeAll(async () => {
  nodeId = await insertNode("Plant");
  transportId = (await makeTransport()).id;
});
beforeEach(() => getPool().query("delete from triggers"));

const makeTransport = () => {
  const http = { url: service.url, method: "POST" };
  return createTransport(tester, transportInput.parse({ name: randomUUID(), nodeId, type: "HTTP", http }));
};
/** @param now the time when it's created: it's due from the next time on. */
const makeTrigger = (fields: Record<string, unknown> = {}, now = at("08:00:30")) => {
  const request = { path: "/{{run.id}}", query: { due: "{{run.dueAt}}" } };
  const input = { name: randomUUID(), nodeId, transportId, event: minutely, request, ...fields };
  return createTrigger(tester, triggerInput.parse(input), now);
};
const runsOf = (triggerId: string) => getDb().select().from(runs).where(eq(runs.triggerId, triggerId)).orderBy(runs.id);

/**
 * Schedules for real workers and their clock. The only due times are those that the test sets: the next one by the calendar is half a
 * year away. A worker that comes late still makes the run.
 */
async function makeManyTriggers(count: number, fields: Record<string, unknown> = {}): Promise<string[]> {
  const month = ((new Date().getMonth() + 6) % 12) + 1;
  const event = { ...minutely, cron: `0 0 15 ${month} *`, catchUp: "once" };
  const made = await Promise.all(Array.from({ length: count }, () => makeTrigger({ event, ...fields }, new Date())));
  return made.map(({ id }) => id);
}
/** Lets all schedules be due now. @returns the due time. */
async function makeAllDue(): Promise<string> {
  const { rows } = await getPool().query<{ at: Date }>(
    "update schedules set next_due_at = date_trunc('milliseconds', now()) returning next_due_at as at",
  );
  return rows[0]!.at.toISOString();
}
const countSucceeded = (triggerIds: string[]) =>
  getDb().$count(runs, and(inArray(runs.triggerId, triggerIds), eq(runs.status, "succeeded")));

test("each due time of forty schedules makes one run, whatever the number of worker processes", async () => {
  const made = await makeManyTriggers(40);
  const started = await workers.start(3);
  const due = new Set<string>();
  for (let round = 1; round <= 3; round++) {
    due.add(await makeAllDue());
    await expect.poll(() => countSucceeded(made)).toBe(40 * round);
  }
  expect(await Promise.all(started.map((worker) => workers.end(worker, "SIGTERM")))).toEqual([0, 0, 0]);
  for (const id of made) {
    const own = await runsOf(id);
    expect(own.map((run) => run.event)).toEqual(["schedule", "schedule", "schedule"]);
    expect(new Set(own.map((run) => run.dueAt?.toISOString()))).toEqual(due);
  }
  expect(service.seen).toHaveLength(120);
  expect(new Set(service.seen.map(({ url }) => url)).size).toBe(120);
});

test("so it is behind pgbouncer in transaction mode, where nothing may belong to a session", async () => {
  const database = process.env.DATABASE_URL ?? "";
  const pgbouncer = await startPgbouncer(database);
  const made = await makeManyTriggers(20, { maxInProgress: 1, queueSize: 1 });
  const started = await workers.start(2, { DATABASE_URL: pgbouncer.behind(database) });
  await makeAllDue();
  await expect.poll(() => countSucceeded(made)).toBe(20);
  expect(await Promise.all(started.map((worker) => workers.end(worker, "SIGTERM")))).toEqual([0, 0]);
  expect(await getDb().$count(runs, inArray(runs.triggerId, made))).toBe(20);
  expect(service.seen).toHaveLength(20);
  await pgbouncer.close();
});

test("many that see the same due time at once make one run, which says by what and for when it was made", async () => {
  const trigger = await makeTrigger();
  const due = at("08:01").toISOString();
  expect(trigger.schedule!.nextDueAt).toBe(due);
  expect(await fireDue(at("08:00:59.999"))).toBe(0);
  const moved = await Promise.all(Array.from({ length: 8 }, () => fireDue(at("08:01"))));
  expect(moved.reduce((sum, count) => sum + count, 0)).toBe(1);
  const [run, ...more] = await runsOf(trigger.id);
  expect(more).toEqual([]);
  expect(run).toMatchObject({
    status: "queued",
    event: "schedule",
    actor: "Schedule * * * * *, Europe/Berlin",
    durationMs: 0,
    dueAt: at("08:01"),
  });
  const { schedule } = await getTrigger(tester, trigger.id);
  expect(schedule).toMatchObject({ lastDueAt: due, nextDueAt: at("08:02").toISOString(), missed: 0 });
});

/**
 * Two claimers that have read what is due at a time and wait before they lock it, held by a lock of the table that readers don't mind.
 * @param meanwhile what another process does and commits before either goes on.
 * @returns how many schedules the two moved on.
 */
async function claimTogether(now: Date, meanwhile?: string): Promise<number> {
  const barrier = await getPool().connect();
  try {
    await barrier.query("begin");
    await barrier.query("lock table schedules in exclusive mode");
    const claims = [fireDue(now), fireDue(now)];
    await waitFor(async () => {
      const { rowCount } = await barrier.query(
        "select from pg_locks where relation = 'schedules'::regclass and mode = 'RowShareLock' and not granted",
      );
      expect(rowCount).toBe(2);
    });
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
  expect(await claimTogether(at("08:01"))).toBe(1);
  expect(await runsOf(trigger.id)).toHaveLength(1);
});

test.each([
  ["its next one, which is not due yet", "next_due_at + interval '1 minute'"],
  ["another one that is due as well", "next_due_at - interval '1 hour'"],
  ["none", "null"],
])("who has read a due time that is moved on to %s before it is taken makes no run of it", async (_, next) => {
  const trigger = await makeTrigger();
  expect(await claimTogether(at("08:01"), `update schedules set next_due_at = ${next}`)).toBe(0);
  expect(await runsOf(trigger.id)).toEqual([]);
});

test("times that nobody was there for are skipped and noted, and the next one is kept", async () => {
  const hourly = { ...minutely, cron: "0 * * * *", catchUp: "skip" };
  const skipped = await makeTrigger({ event: hourly });
  expect(await fireDue(at("12:01:00.001"))).toBe(1);
  expect(await runsOf(skipped.id)).toEqual([]);
  const { schedule } = await getTrigger(tester, skipped.id);
  expect(schedule).toMatchObject({ missed: 4, nextDueAt: at("13:00").toISOString() });

  // The latest one isn't missed within a minute.
  const inTime = await makeTrigger({ event: hourly });
  expect(await fireDue(at("12:01"))).toBe(1);
  expect(await runsOf(inTime.id)).toMatchObject([{ dueAt: at("12:00") }]);
  expect((await getTrigger(tester, inTime.id)).schedule).toMatchObject({
    missed: 3,
    nextDueAt: at("13:00").toISOString(),
  });
});

test("once: one run for the latest of the missed times, however many there were", async () => {
  const trigger = await makeTrigger({ event: { ...minutely, catchUp: "once" } });
  expect(await fireDue(at("09:00:30"))).toBe(1);
  expect(await fireDue(at("09:00:30"))).toBe(0);
  expect(await runsOf(trigger.id)).toMatchObject([{ dueAt: at("09:00") }]);
  expect((await getTrigger(tester, trigger.id)).schedule!.missed).toBe(59);
});

test("a paused schedule and that of a disabled trigger are never due; resuming begins with the next time from then", async () => {
  const trigger = await makeTrigger({ event: { ...minutely, paused: true } });
  expect(trigger.schedule?.nextDueAt).toBeNull();
  await fireDue(at("09:00"));
  const event = triggerInput.shape.event.parse({ ...minutely, catchUp: "once" });
  const resumed = await updateTrigger(tester, trigger.id, { version: 1, event }, at("09:00:30"));
  expect(resumed.schedule?.nextDueAt).toBe(at("09:01").toISOString());
  const disabled = await updateTrigger(tester, trigger.id, { version: 2, enabled: false }, at("09:00:40"));
  expect(disabled.schedule?.nextDueAt).toBeNull();
  await fireDue(at("10:00"));
  expect(await runsOf(trigger.id)).toEqual([]);
  const back = await updateTrigger(tester, trigger.id, { version: 3, enabled: true }, at("10:00:30"));
  expect(back.schedule?.nextDueAt).toBe(at("10:01").toISOString());
});

test("an edit of other fields leaves the next time, and another event ends the schedule", async () => {
  const trigger = await makeTrigger({ event: { ...minutely, cron: "0 0 1 1 *" } });
  const due = at("08:00:35");
  await getDb().update(schedules).set({ nextDueAt: due }).where(eq(schedules.triggerId, trigger.id));
  const renamed = await updateTrigger(tester, trigger.id, { version: 1, notes: "x" });
  expect(renamed.schedule?.nextDueAt).toBe(due.toISOString());
  const ended = await updateTrigger(tester, trigger.id, { version: 2, event: { kind: "on_demand" } });
  expect(ended.schedule).toBeNull();
  expect(await getDb().select().from(schedules).where(eq(schedules.triggerId, trigger.id))).toEqual([]);
});

test("a run that is due while the one before goes on waits in the queue, or is refused as a run", async () => {
  const trigger = await makeTrigger({ maxInProgress: 1, queueSize: 1 });
  for (const due of ["08:01", "08:02", "08:03"]) await fireDue(at(due));
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
  const allowedHosts = [new URL(service.url).hostname];
  await inTransaction((tx) => changeDestination(tx, user.id, { allowedHosts }));
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
