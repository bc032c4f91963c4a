import type { RequestListener, ServerResponse } from "node:http";
import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { closePools } from "#lib/platform/net/pools.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { raiseTokenLimits } from "#scripts/test-token-limits.ts";
import { claimDue, claimStatement, createTokenRenewal } from "./renew-due.ts";
import { markWaiting } from "./renewal/mark-waiting.ts";

const places = 16;
/** Requests that one worker makes at once. */
const most = places / 2;
/** Requests until a provider counts as failing: 8 failures, while the other requests of the worker are in progress. */
const mostUntilFailing = 8 + most - 1;
const claimMs = 60_000;

setUpTokenLimits();
setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback", SALLYPORT_TOKEN_REQUESTS_PER_HOST: `${places}` });
const servers: Listening[] = [];
const stops: (() => Promise<void>)[] = [];
/** The workers' clock: it only moves when a test moves it. */
let now = 0;
beforeEach(() => {
  raiseTokenLimits();
  now = Date.now();
});
afterEach(async () => {
  const stopped = stops.splice(0).map((stop) => stop());
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await Promise.all(stopped);
  await getDb().execute(sql`truncate ${credentials} cascade`);
});
afterAll(() => closePools());

function startWorker() {
  const renewal = createTokenRenewal({ now: () => now });
  const loops = [
    startTask({ name: "renew", everyMs: 1000, failure: "tokens were not renewed", ...renewal.renew }),
    startTask({ name: "mark", everyMs: 100, failure: "nothing was marked", ...renewal.markWaiting }),
  ];
  const stop = async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
  };
  stops.push(stop);
  return stop;
}

const issue = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end('{"access_token":"t","token_type":"Bearer","expires_in":3600}');
};

/** A token endpoint that counts all requests and the concurrent ones. */
async function startEndpoint(answer?: RequestListener) {
  const seen = { total: 0, atOnce: 0, most: 0 };
  const server = await listen((request, response) => {
    seen.total++;
    seen.most = Math.max(seen.most, ++seen.atOnce);
    response.once("close", () => seen.atOnce--);
    if (answer) return answer(request, response);
    // Long enough that requests overlap.
    setTimeout(issue, 5, response);
  });
  servers.push(server);
  return { ...server, url: `http://127.0.0.1:${server.port}/token`, seen };
}

/** One that answers 503 while it's down. */
async function startUnreliableEndpoint(provider: { isDown: boolean }) {
  return startEndpoint((_, response) => (provider.isDown ? void response.writeHead(503).end() : issue(response)));
}

const countFresh = (ids: string[]) =>
  getDb().$count(tokens, and(inArray(tokens.credentialId, ids), gt(tokens.expiresAt, new Date())));
const countOf = (ids: string[], status: "active" | "degraded") =>
  getDb().$count(credentials, and(inArray(credentials.id, ids), eq(credentials.status, status)));
/** Credentials that a worker has claimed and not finished. */
const countClaimed = (ids: string[]) =>
  getDb().$count(credentials, and(inArray(credentials.id, ids), eq(credentials.nextCheckAt, new Date(now + claimMs))));

test("what an hour without a worker left due is caught up once each, by several workers, a few at a time", async () => {
  const endpoint = await startEndpoint();
  const ids = await insertManyCredentials(200, endpoint.url);
  const workers = [startWorker(), startWorker()];
  await expect.poll(() => countFresh(ids)).toBe(200);
  await Promise.all(workers.map((stop) => stop()));
  expect(endpoint.seen.total).toBe(200);
  expect(endpoint.seen.most).toBeLessThanOrEqual(places);
  expect(await claimDue(100, now + claimMs + 1000)).toEqual([]);
  // They came together and part: each at its own time in the last tenth before its interval is over.
  const rows = await getDb()
    .select({ nextCheckAt: credentials.nextCheckAt, acquiredAt: tokens.acquiredAt })
    .from(credentials)
    .innerJoin(tokens, eq(tokens.credentialId, credentials.id));
  const waits = rows.map(({ nextCheckAt, acquiredAt }) => nextCheckAt!.getTime() - acquiredAt!.getTime());
  expect(waits).toHaveLength(200);
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(120_000);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_620_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_800_000);
});

test("a provider that hangs doesn't hold up the others", async () => {
  const hangs = await startEndpoint(() => undefined);
  const works = await startEndpoint();
  const older = new Date(now - 3_600_000);
  await insertManyCredentials(300, hangs.url, () => ({ nextCheckAt: older }));
  const ids = await insertManyCredentials(100, works.url);
  startWorker();
  await expect.poll(() => countFresh(ids)).toBe(100);
  await expect.poll(() => hangs.seen.atOnce).toBe(most);
  expect(hangs.seen.most).toBe(most);
});

test("a provider that goes down in the middle of quick renewals is not flooded by those that are in hand", async () => {
  const held: ServerResponse[] = [];
  const quick = 100;
  let asked = 0;
  let isDown = false;
  const endpoint = await startEndpoint((_, response) => {
    asked++;
    if (isDown) response.writeHead(503).end();
    else if (asked === 1 || asked > quick) held.push(response);
    else issue(response);
  });
  const ids = await insertManyCredentials(350, endpoint.url);
  startWorker();
  await expect.poll(() => held.length).toBe(most);
  // It answered 100 in half a second, so it gets as many as it answers in a second.
  now += 500;
  issue(held.shift()!);
  await expect.poll(() => countClaimed(ids)).toBeGreaterThan(150);
  await expect.poll(() => held.length).toBe(most);
  const before = asked - most;
  isDown = true;
  for (const response of held) response.writeHead(503).end();
  await expect.poll(() => countClaimed(ids)).toBe(0);
  expect(asked - before).toBeLessThanOrEqual(mostUntilFailing);
});

test("a provider that is down is not flooded by all of its credentials, and they recover when it is back", async () => {
  // Behind the clock of the retries, also when the test moves it.
  now -= 10_000;
  const provider = { isDown: true };
  const endpoint = await startUnreliableEndpoint(provider);
  const ids = await insertManyCredentials(150, endpoint.url);
  startWorker();
  await expect.poll(() => endpoint.seen.total).toBeGreaterThanOrEqual(8);
  await expect.poll(() => countClaimed(ids)).toBe(0);
  const { seen } = endpoint;
  expect(seen.total).toBeLessThanOrEqual(mostUntilFailing);
  // After the first ones at once, 20 a second, and never more than a few together.
  for (const [ms, requests] of [
    [50, 1],
    [50, 1],
    [100, 2],
    [3000, 4],
    [50, 1],
  ] as const) {
    const expected = seen.total + requests;
    now += ms;
    await expect.poll(() => seen.total).toBe(expected);
    await expect.poll(() => countClaimed(ids)).toBe(0);
  }
  provider.isDown = false;
  // Those that were asked wait for their own next attempt.
  await expect
    .poll(() => {
      now = Date.now();
      return countFresh(ids);
    })
    .toBe(150);
  expect(await countOf(ids, "active")).toBe(150);
});

test("with many credentials at a provider that fails, each that is due shows it within a minute, and works again as soon as it does", async () => {
  const provider = { isDown: true };
  const endpoint = await startUnreliableEndpoint(provider);
  const ids = await insertManyCredentials(200, endpoint.url, () => ({ nextCheckAt: new Date(now - 30_000) }));
  const others = await insertManyCredentials(20, endpoint.url, () => ({ nextCheckAt: new Date(now + 3_600_000) }));
  startWorker();
  await expect.poll(() => countOf(ids, "degraded")).toBe(200);
  // The clock didn't move: none of them had to wait for its turn at the provider.
  const asked = endpoint.seen.total;
  expect(asked).toBeLessThanOrEqual(mostUntilFailing);
  expect(await countOf(others, "active")).toBe(20);
  provider.isDown = false;
  // One request finds out that it works. Those that were asked wait for their own next attempt.
  now += 50;
  await expect.poll(() => countOf(ids, "active")).toBeGreaterThanOrEqual(200 - asked);
});

test("only working credentials that are overdue at the failing provider are said to wait for it", async () => {
  const [down, up] = ["https://Down.example.com/token", "https://up.example.com/token"];
  const overdue = new Date(now - 30_000);
  const row = (endpointUrl: string, more: Partial<typeof credentials.$inferInsert> = {}) =>
    insertManyCredentials(1, endpointUrl, () => ({ nextCheckAt: overdue, ...more })).then(([id]) => id!);
  const marked = [
    await row(down),
    await row(down, { status: "expiring", statusReason: "The client secret ends soon." }),
  ];
  const left = [
    await row(up),
    await row(down, { nextCheckAt: new Date(now - 29_999) }),
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
  expect(await markWaiting([], now)).toBe(0);
  expect(await markWaiting(["down.example.com"], now)).toBe(2);
  expect(await markWaiting(["down.example.com"], now)).toBe(0);
  const reason = expect.stringMatching(
    /^down\.example\.com fails for other credentials at this time\. A new token is due since .+ UTC/,
  );
  expect(await read(marked)).toEqual(Array(2).fill({ status: "degraded", reason, due: overdue }));
  expect(await read(left)).toEqual(before);
});

test("of many credentials the due ones are found by their index alone", async () => {
  await getDb().execute(sql`
    insert into ${credentials} (id, name, type, provider, endpoint_url, client_id, status, next_check_at, updated_at)
    select gen_random_uuid(), 'c' || n, 'application', 'generic', 'https://idp' || n % 10 || '.example.com/token', 'c', 'active',
      ${new Date(now)}::timestamptz + (n - 300) * interval '1 second', now() - interval '1 hour'
    from generate_series(1, 20000) n`);
  await getDb().execute(sql`analyze ${credentials}`);
  const statement = claimStatement(64, now, { "idp1.example.com": 0, "idp2.example.com": 3 });
  const { rows } = await getDb().execute<{ "QUERY PLAN": string }>(sql`explain (costs off) ${statement}`);
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(plan).toContain("credentials_next_check_index");
  expect(plan).not.toMatch(/Seq Scan on credentials/);
  const claimed = await claimDue(64, now, { "idp1.example.com": 0, "idp2.example.com": 3 });
  const of = (host: string) => claimed.filter((row) => row.host === host).length;
  expect([claimed.length, of("idp1.example.com"), of("idp2.example.com")]).toEqual([64, 0, 3]);
});

test("a worker that stops finishes what is under way and gives back what waits its turn", async () => {
  const held: ServerResponse[] = [];
  const endpoint = await startEndpoint((_, response) => held.push(response));
  const ids = await insertManyCredentials(30, endpoint.url);
  const stop = startWorker();
  await expect.poll(() => held.length).toBe(most);
  const stopped = stop();
  for (const response of held) issue(response);
  await stopped;
  expect(await countFresh(ids)).toBe(most);
  expect(await claimDue(100, now)).toHaveLength(30 - most);
});
