import { setTimeout as wait } from "node:timers/promises";
import { inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runStarts } from "#drizzle/schema/run-starts.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { type Haproxy, startHaproxy } from "#scripts/test-haproxy.ts";
import { type Pgbouncer, startPgbouncer } from "#scripts/test-pgbouncer.ts";
import { setUpNotingService, setUpWeb, type Web } from "#scripts/test-web.ts";
import { setUpWorkers } from "#scripts/test-workers.ts";

// Three web processes behind haproxy, one of them behind pgbouncer, and two workers; some are stopped and killed under load.

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });
const web = setUpWeb();
const workers = setUpWorkers();
const service = setUpNotingService();
let pgbouncer: Pgbouncer;
let haproxy: Haproxy;
let instances: Web[] = [];
let triggerId = "";

beforeAll(async () => {
  const url = process.env.DATABASE_URL ?? "";
  pgbouncer = await startPgbouncer(url);
  const behind = { DATABASE_URL: pgbouncer.behind(url) };
  [instances] = await Promise.all([Promise.all([web.start(), web.start(), web.start(behind)]), workers.start(1)]);
  haproxy = await startHaproxy(instances.map(({ port }) => port));
  triggerId = await service.makeTrigger("/quick");
});
afterAll(async () => {
  await haproxy?.close();
  await pgbouncer?.close();
});

/** Callers who run the trigger repeatedly, until stopped. Their pauses leave the machine time to start processes. */
function startCallers(count: number) {
  let isOver = false;
  const answered: string[] = [];
  const failed: unknown[] = [];
  const callers = Array.from({ length: count }, async () => {
    while (!isOver) {
      const call = await service.run(haproxy.url, triggerId);
      if (call !== "broken" && call.status === 200 && call.body.status === "succeeded") answered.push(call.body.id);
      else failed.push(call);
      await wait(10);
    }
  });
  const stop = async () => {
    isOver = true;
    await Promise.all(callers);
  };
  /** Waits for so many more answers. */
  const goOn = async (more: number) => {
    const from = answered.length;
    await expect.poll(() => answered.length).toBeGreaterThan(from + more);
  };
  return { answered, failed, stop, goOn };
}

test("web processes come and go behind a load balancer without one failed request", async () => {
  const callers = startCallers(8);
  await callers.goOn(50);
  const haveRequests = async () => {
    const counts = await haproxy.count();
    return instances.map(({ port }) => counts[port]! > 0);
  };
  await expect.poll(haveRequests).toEqual([true, true, true]);
  for (const index of [0, 2]) {
    const { port } = instances[index]!;
    const stopping = web.stop(instances[index]!);
    await expect.poll(() => haproxy.isUp(port)).toBe(false);
    expect(await stopping.drain()).toBe(0);
    const environment: Record<string, string> =
      index === 2 ? { DATABASE_URL: pgbouncer.behind(process.env.DATABASE_URL ?? "") } : {};
    instances[index] = await web.start({ ...environment, PORT: String(port) });
    const had = (await haproxy.count())[port]!;
    await expect.poll(async () => (await haproxy.count())[port]).toBeGreaterThan(had + 5);
  }
  await callers.stop();
  expect(callers.failed).toEqual([]);
  expect(await getDb().$count(runs, inArray(runs.id, callers.answered))).toBe(callers.answered.length);
});

test("one that is killed costs its callers their connection and nobody anything else; a worker records what it had", async () => {
  service.seen.clear();
  const callers = startCallers(8);
  await callers.goOn(30);
  await web.kill(instances[1]!);
  await callers.goOn(50);
  await callers.stop();
  // A broken one is told by haproxy as 502 or 503: at most one for each caller, and one for a look at /readyz too late.
  expect(callers.failed.length).toBeLessThanOrEqual(16);
  // The notes of the killed process end, brought about at once; the worker does the rest.
  await getDb().update(runStarts).set({ until: sql`now() - interval '1 second'` });
  const unrecorded = async () => {
    const known = new Set((await getDb().select({ id: runs.id }).from(runs)).map(({ id }) => id));
    return [...service.seen].filter((id) => !known.has(id));
  };
  await expect.poll(unrecorded).toEqual([]);
  const answered = await getDb().select({ status: runs.status }).from(runs).where(inArray(runs.id, callers.answered));
  expect(answered.map(({ status }) => status)).toEqual(callers.answered.map(() => "succeeded"));
  const interrupted = await getDb()
    .select()
    .from(runs)
    .where(inArray(runs.errorCode, ["interrupted"]));
  expect(interrupted.length).toBeLessThanOrEqual(8);
});
