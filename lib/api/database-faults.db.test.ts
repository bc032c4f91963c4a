import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runs } from "#drizzle/schema/runs.ts";
import { closeDb, getDb } from "#lib/platform/db/client.ts";
import { migrateDatabase } from "#lib/platform/migrations/migrate.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#scripts/embedded-postgres.ts";
import { setUpNotingService, setUpWeb, type Web } from "#scripts/test-web.ts";

// What happens to a portal whose Postgres restarts, is gone, or takes no more connections. It has one to itself.

const dataDir = mkdtempSync(join(tmpdir(), "sallyport-faults-"));
const settings = { fsync: "off", max_connections: "40" };
let postgres: EmbeddedPostgres;
const startPostgres = async () => {
  // On the port of last time.
  postgres = await startEmbeddedPostgres({ dataDir, settings });
};
beforeAll(async () => {
  await startPostgres();
  process.env.DATABASE_URL = postgres.url;
  process.env.SALLYPORT_ENCRYPTION_KEYS = `test:${randomBytes(32).toString("base64")}`;
  process.env.NEXTAUTH_SECRET = randomBytes(32).toString("hex");
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  process.env.SALLYPORT_LOG_LEVEL ??= "silent";
  await migrateDatabase(postgres.url);
});
afterAll(async () => {
  await closeDb();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const web = setUpWeb();
const service = setUpNotingService();
let portal: Web;
let triggerId = "";
beforeAll(async () => {
  portal = await web.start({}, ["./scripts/test-clock.mjs"]);
  triggerId = await service.makeTrigger("/quick");
});

const recorded = async () => new Map((await getDb().select().from(runs)).map(({ id, status }) => [id, status]));
const probe = async (path: string) => (await fetch(portal.url + path)).status;
const succeeds = async () => {
  const call = await service.run(portal.url, triggerId);
  return call !== "broken" && call.status === 200 && call.body.status;
};
/** A refusal that is over soon: with the code, and when to come again. */
const unavailable = { status: 503, retryAfter: "5", body: { code: "database_unavailable" } };

test("a restart of Postgres under load loses nothing, and costs callers at most a refusal", async () => {
  let isOver = false;
  const answered: string[] = [];
  const callers = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const call = await service.run(portal.url, triggerId);
      if (call === "broken") throw new Error("a connection was cut");
      if (call.status === 200) answered.push(call.body.id);
      else expect(call).toMatchObject(unavailable);
    }
  });
  await expect.poll(() => answered.length).toBeGreaterThan(20);
  await postgres.stop();
  await startPostgres();
  const before = answered.length;
  await expect.poll(() => answered.length).toBeGreaterThan(before + 20);
  isOver = true;
  await Promise.all(callers);
  const known = await recorded();
  expect(answered.filter((id) => known.get(id) !== "succeeded")).toEqual([]);
  // A run whose caller got a refusal might be recorded later.
  const missing = async () => {
    const now = await recorded();
    return [...service.seen].filter((id) => now.get(id) !== "succeeded");
  };
  await expect.poll(missing).toEqual([]);
});

test("while Postgres is gone nothing new is sent, a run in progress is kept, and all is well by itself afterwards", async () => {
  const heldTrigger = await service.makeTrigger("/held");
  service.seen.clear();
  const inProgress = service.run(portal.url, heldTrigger);
  await expect.poll(() => service.seen.size).toBe(1);
  const [id] = [...service.seen];
  await postgres.stop();
  service.letGo();
  await expect.poll(() => probe("/readyz")).toBe(503);
  expect(await probe("/healthz")).toBe(200);
  expect(await service.run(portal.url, triggerId)).toMatchObject(unavailable);
  // The service has it, which its caller hears after 5 s. They pass faster here, but don't reach the run's own limit.
  let isOver = false;
  let uptime = 0;
  void inProgress.then(() => (isOver = true));
  const passTime = async () => {
    uptime = Math.min(uptime + 6000, 300_000);
    await web.setTime(portal, { uptime });
    return isOver;
  };
  await expect.poll(passTime).toBe(true);
  expect(await inProgress).toMatchObject({ ...unavailable, body: { detail: expect.stringMatching(/was sent/) } });
  expect(await service.run(portal.url, triggerId)).toMatchObject(unavailable);
  expect(service.seen.size).toBe(1);

  await startPostgres();
  await expect.poll(() => probe("/readyz")).toBe(200);
  await expect.poll(succeeds).toBe("succeeded");
  await expect.poll(async () => (await recorded()).get(id!)).toBe("succeeded");
});

test("when Postgres takes no more connections callers are refused, and served again as soon as it does", async () => {
  const hogs: pg.Client[] = [];
  const hog = async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    client.on("error", () => undefined);
    await client.connect();
    hogs.push(client);
  };
  const fill = async () => {
    try {
      for (;;) await hog();
    } catch (err) {
      expect(err).toMatchObject({ code: "53300" });
    }
  };
  /** Ends the connections of the portal, and takes their places. @returns how many there were. */
  const pushOut = async () => {
    await fill();
    const ours = hogs.map((client) => (client as unknown as { processID: number }).processID);
    const { rowCount } = await hogs[0]!.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and not (pid = any($1))",
      [ours],
    );
    await fill();
    return rowCount;
  };
  await expect.poll(pushOut, { interval: 10 }).toBe(0);
  await expect.poll(() => service.run(portal.url, triggerId)).toMatchObject(unavailable);
  expect(await probe("/readyz")).toBe(503);
  expect(await probe("/healthz")).toBe(200);
  await Promise.all(hogs.map((client) => client.end()));
  await expect.poll(succeeds).toBe("succeeded");
  await expect.poll(() => probe("/readyz")).toBe(200);
});
