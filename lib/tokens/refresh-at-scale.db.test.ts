import type { RequestListener } from "node:http";
import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { afterAll, afterEach, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { getDb } from "../db/client.ts";
import { closePools } from "../net/pools.ts";
import { markWaiting } from "./mark-waiting.ts";
import { claimDue, claimStatement, startRenewing } from "./renew-due.ts";

const places = 16;
setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback", SALLYPORT_TOKEN_REQUESTS_PER_HOST: `${places}` });
const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await getDb().delete(credentials);
});
afterAll(() => closePools());

/** A token endpoint that counts what is asked and how much of it at once. */
async function startEndpoint(answer?: RequestListener) {
  const seen = { total: 0, atOnce: 0, most: 0, at: [] as number[] };
  const server = await listen((request, response) => {
    seen.total++;
    seen.at.push(Date.now());
    seen.most = Math.max(seen.most, ++seen.atOnce);
    response.once("close", () => seen.atOnce--);
    if (answer) return answer(request, response);
    setTimeout(() => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"access_token":"t","token_type":"Bearer","expires_in":3600}');
    }, 5);
  });
  servers.push(server);
  return { ...server, url: `http://127.0.0.1:${server.port}/token`, seen };
}

const countFresh = (ids: string[]) =>
  getDb().$count(tokens, and(inArray(tokens.credentialId, ids), gt(tokens.expiresAt, new Date())));

test("what an hour without a worker left due is caught up once each, by several workers, a few at a time", async () => {
  const endpoint = await startEndpoint();
  const ids = await insertManyCredentials(400, endpoint.url);
  const stops = [startRenewing(), startRenewing()];
  await expect.poll(() => countFresh(ids), { timeout: 60_000 }).toBe(400);
  await Promise.all(stops.map((stop) => stop()));
  expect(endpoint.seen.total).toBe(400);
  expect(endpoint.seen.most).toBeLessThanOrEqual(places);
  expect(await claimDue(100, Date.now() + 61_000)).toEqual([]);
  // They came together and part: each at its own time in the last tenth before its interval is over.
  const rows = await getDb().select({ id: credentials.id, at: credentials.nextCheckAt }).from(credentials);
  const times = rows.map(({ at }) => at!.getTime());
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(120_000);
  expect(Math.min(...times)).toBeGreaterThan(Date.now() + 1500_000);
  expect(Math.max(...times)).toBeLessThan(Date.now() + 1800_000);
}, 90_000);

test("a provider that hangs doesn't hold up the others", async () => {
  const hangs = await startEndpoint(() => undefined);
  const works = await startEndpoint();
  const older = new Date(Date.now() - 3_600_000);
  await insertManyCredentials(300, hangs.url, () => ({ nextCheckAt: older }));
  const ids = await insertManyCredentials(100, works.url);
  const stop = startRenewing();
  await expect.poll(() => countFresh(ids), { timeout: 14_000 }).toBe(100);
  expect(hangs.seen.most).toBeLessThanOrEqual(places / 2);
  await servers.shift()!.close();
  await stop();
}, 90_000);

test("a provider that goes down in the middle of quick renewals is not flooded by those that are in hand", async () => {
  let isDown = false;
  const endpoint = await startEndpoint((_, response) => {
    if (isDown) return void response.writeHead(503).end();
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"access_token":"t","token_type":"Bearer","expires_in":3600}');
  });
  await insertManyCredentials(3000, endpoint.url);
  const stop = startRenewing();
  await expect.poll(() => endpoint.seen.total, { timeout: 30_000, interval: 10 }).toBeGreaterThan(800);
  isDown = true;
  const from = Date.now();
  await expect.poll(() => endpoint.seen.at.at(-1)! - from, { timeout: 30_000 }).toBeGreaterThan(1000);
  expect(endpoint.seen.at.filter((at) => at > from && at <= from + 1000).length).toBeLessThanOrEqual(60);
  await stop();
}, 90_000);

test("a provider that is down is not flooded by all of its credentials, and they recover when it is back", async () => {
  let isDown = true;
  const endpoint = await startEndpoint((_, response) => {
    if (isDown) return void response.writeHead(503).end();
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"access_token":"t","token_type":"Bearer","expires_in":3600}');
  });
  const ids = await insertManyCredentials(300, endpoint.url);
  const stop = startRenewing();
  await expect.poll(() => endpoint.seen.total, { timeout: 30_000 }).toBeGreaterThan(80);
  // After the first ones at once, 20 a second.
  const [first] = endpoint.seen.at;
  const late = endpoint.seen.at.filter((at) => at > first! + 1000 && at <= first! + 3000);
  expect(late.length).toBeLessThanOrEqual(50);
  isDown = false;
  await expect.poll(() => countFresh(ids), { timeout: 60_000 }).toBe(300);
  expect(await getDb().$count(credentials, eq(credentials.status, "active"))).toBe(300);
  await stop();
}, 120_000);

test("with many credentials at a provider that fails, each that is due shows it within a minute, and works again as soon as it does", async () => {
  let isDown = true;
  const endpoint = await startEndpoint((_, response) => {
    if (isDown) return void response.writeHead(503).end();
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"access_token":"t","token_type":"Bearer","expires_in":3600}');
  });
  const later = new Date(Date.now() + 3_600_000);
  const ids = await insertManyCredentials(3000, endpoint.url);
  const others = await insertManyCredentials(20, endpoint.url, () => ({ nextCheckAt: later }));
  const began = performance.now();
  const stop = startRenewing();
  const countOf = (status: "active" | "degraded") =>
    getDb().$count(credentials, and(inArray(credentials.id, ids), eq(credentials.status, status)));
  await expect.poll(() => countOf("degraded"), { timeout: 60_000, interval: 500 }).toBe(3000);
  // Asking all of them at 20 a second takes two and a half minutes.
  expect(performance.now() - began).toBeLessThan(60_000);
  const asked = endpoint.seen.total;
  expect(asked).toBeLessThan(1500);
  expect(await getDb().$count(credentials, inArray(credentials.id, others))).toBe(20);
  expect(
    await getDb().$count(credentials, and(inArray(credentials.id, others), eq(credentials.status, "active"))),
  ).toBe(20);
  isDown = false;
  // Those that were asked wait for their own next attempt.
  await expect.poll(() => countOf("active"), { timeout: 60_000, interval: 500 }).toBeGreaterThanOrEqual(3000 - asked);
  await stop();
}, 180_000);

test("only working credentials that are overdue at the failing provider are said to wait for it", async () => {
  const [down, up] = ["https://Down.example.com/token", "https://up.example.com/token"];
  const overdue = new Date(Date.now() - 31_000);
  const row = (endpointUrl: string, more: Partial<typeof credentials.$inferInsert> = {}) =>
    insertManyCredentials(1, endpointUrl, () => ({ nextCheckAt: overdue, ...more })).then(([id]) => id!);
  const marked = [
    await row(down),
    await row(down, { status: "expiring", statusReason: "The client secret ends soon." }),
  ];
  const left = [
    await row(up),
    await row(down, { nextCheckAt: new Date(Date.now() - 29_000) }),
    await row(down, { status: "action_needed" }),
    await row(down, { status: "unverified" }),
    await row(down, { status: "degraded", statusReason: "its own" }),
    await row(down, { enabled: false, status: "disabled" }),
  ];
  const read = (ids: string[]) =>
    getDb()
      .select({ status: credentials.status, reason: credentials.statusReason, due: credentials.nextCheckAt })
      .from(credentials)
      .where(inArray(credentials.id, ids));
  const before = await read(left);
  expect(await markWaiting([], Date.now())).toBe(0);
  expect(await markWaiting(["down.example.com"], Date.now())).toBe(2);
  expect(await markWaiting(["down.example.com"], Date.now())).toBe(0);
  const reason = expect.stringMatching(
    /^down\.example\.com fails for other credentials at this time\. A new token is due since .+ UTC/,
  );
  expect(await read(marked)).toEqual(Array(2).fill({ status: "degraded", reason, due: overdue }));
  expect(await read(left)).toEqual(before);
});

test("of 100,000 credentials the due ones are found by their index alone", async () => {
  await getDb().execute(sql`
    insert into ${credentials} (id, name, type, provider, endpoint_url, client_id, status, next_check_at, updated_at)
    select gen_random_uuid(), 'c' || n, 'application', 'generic', 'https://idp' || n % 10 || '.example.com/token', 'c', 'active',
      now() + (n - 300) * interval '1 second', now() - interval '1 hour'
    from generate_series(1, 100000) n`);
  await getDb().execute(sql`analyze ${credentials}`);
  const statement = claimStatement(64, Date.now(), { "idp1.example.com": 0, "idp2.example.com": 3 });
  const { rows } = await getDb().execute<{ "QUERY PLAN": string }>(sql`explain (costs off) ${statement}`);
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(plan).toContain("credentials_next_check_index");
  expect(plan).not.toMatch(/Seq Scan on credentials/);
  const claimed = await claimDue(64, Date.now(), { "idp1.example.com": 0, "idp2.example.com": 3 });
  const of = (host: string) => claimed.filter((row) => row.host === host).length;
  expect([claimed.length, of("idp1.example.com"), of("idp2.example.com")]).toEqual([64, 0, 3]);
}, 120_000);

test("a worker that stops finishes what is under way and gives back what waits its turn", async () => {
  const held: (() => void)[] = [];
  const endpoint = await startEndpoint((_, response) => {
    held.push(() => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"access_token":"t","token_type":"Bearer","expires_in":3600}');
    });
  });
  const ids = await insertManyCredentials(30, endpoint.url);
  const stop = startRenewing();
  await expect.poll(() => held.length).toBe(places / 2);
  const stopped = stop();
  for (const answer of held) answer();
  await stopped;
  expect(await countFresh(ids)).toBe(places / 2);
  expect(await claimDue(100, Date.now())).toHaveLength(30 - places / 2);
});
