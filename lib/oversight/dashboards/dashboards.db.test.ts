import { sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import { listRuns } from "#lib/delivery/runs/read-runs.ts";
import { listTransports } from "#lib/delivery/transports/read-transports.ts";
import { listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { listReviews } from "#lib/oversight/reviews/list-reviews.ts";
import { noteVisit } from "#lib/oversight/reviews/note-visit.ts";
import { signReview } from "#lib/oversight/reviews/sign-review.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { countEverything } from "#scripts/test-rollups.ts";
import { getChanges } from "./get-changes.ts";
import { getDashboard } from "./get-dashboard.ts";

setUpTestDatabase();

const hour = 3_600_000;
const day = 24 * hour;
/** The portal's clock stands still amid the hour, so that no step of a chart ends while the tests run. */
const now = Math.floor(Date.now() / hour) * hour + hour / 2 + 30_500;
vi.useFakeTimers({ toFake: ["Date"], now });
const admin = systemContext("test");
let plant = "";
let line = "";
let office = "";
const ids = { orders: v7(), stock: v7(), idle: v7(), portal: v7() };
const triggers = { send: v7(), read: v7() };
const user = { id: v7(), name: "lena" };
const lead = (nodeId: string | null): Context => ({
  actor: { kind: "user", ...user, sessionId: v7() },
  grants: [{ role: "lead", nodeId }],
  address: null,
});

async function insertRun(node: string[], trigger: string, at: number, status: string, durationMs: number) {
  const id = v7({ msecs: at });
  await getDb().execute(sql`
    insert into runs (id, trigger_id, trigger_name, transport_id, transport_name, node_id, node_path, event, actor, status, error_code, started_at, duration_ms, attempts)
    values (${id}, ${trigger}, ${trigger === triggers.send ? "Send" : "Read"}, ${id}, 'T', ${node.at(-1)}, ${sql.param(node)}::uuid[], 'on_demand', 'Anna', ${status}, ${status === "failed" ? "timeout" : null}, ${new Date(at)}, ${durationMs}, 1)`);
}

async function insertEvent(
  credentialId: string,
  at: number,
  kind: "token_request" | "sign_in" | "status",
  code: string | null,
) {
  await getDb()
    .insert(credentialEvents)
    .values({
      id: v7({ msecs: at }),
      credentialId,
      credentialVersion: 1,
      at: new Date(at),
      kind,
      cause: "Anna",
      outcome: code ? "failed" : "succeeded",
      durationMs: 5,
      providerCode: code,
    });
}

beforeAll(async () => {
  plant = await insertNode("Plant");
  line = await insertNode("Line", plant);
  office = await insertNode("Office");
  const base = { provider: "generic", clientId: "a", type: "application" } as const;
  await getDb()
    .insert(credentials)
    .values([
      {
        ...base,
        id: ids.orders,
        name: "Orders",
        endpointUrl: "https://one.example/token",
        status: "active",
        owner: "Ines",
        tokenExpiresAt: new Date(now + 30 * 60_000),
        secretEndsAt: new Date(now + 5 * day),
      },
      {
        ...base,
        id: ids.stock,
        name: "Stock",
        endpointUrl: "https://two.example/token",
        status: "action_needed",
        providerCode: "invalid_client",
        statusReason: "Wrong secret.",
        secretEndsAt: new Date(now - day),
      },
      { ...base, id: ids.idle, name: "Idle", endpointUrl: "https://two.example/token", status: "unverified" },
      {
        ...base,
        id: ids.portal,
        name: "Portal",
        type: "user",
        endpointUrl: "https://one.example/token",
        status: "active",
        owner: "Ines",
        offeredAt: [office],
      },
    ]);
  const http = { url: "https://orders.example.com", method: "GET" as const, headers: [] };
  const transport = { type: "HTTP", authorizationKind: "credential", http } as const;
  await getDb()
    .insert(transports)
    .values([
      { ...transport, id: v7(), name: "Orders", nodeId: line, credentialId: ids.orders },
      { ...transport, id: v7(), name: "Stock", nodeId: office, credentialId: ids.stock },
    ]);
  await getDb().insert(users).values({ id: user.id, username: user.name });
  for (let index = 0; index < 40; index++)
    await insertRun(
      [plant, line],
      triggers.send,
      now - 3 * hour - index * 60_000,
      index % 4 ? "succeeded" : "failed",
      20,
    );
  for (let index = 0; index < 10; index++)
    await insertRun([office], triggers.read, now - index * 1000, "succeeded", 800);
  await insertRun([office], triggers.read, now - 5 * day, "failed", 100);
  await insertRun([plant], triggers.send, now - 20 * day, "queued", 0);
  for (const at of [now - 2 * hour, now - 5 * hour, now - 30_000]) {
    await insertEvent(ids.orders, at, "token_request", null);
    await insertEvent(ids.stock, at, "token_request", "invalid_client");
    await insertEvent(ids.stock, at, "status", null);
    await insertEvent(ids.portal, at, "sign_in", at < now - hour ? "roles_missing" : null);
  }
  await countEverything();
});

describe("the dashboard of all nodes", () => {
  test("counts credentials by status, with reasons, and each number equals the list behind it", async () => {
    const { credentials: block, idle, endings } = await getDashboard(admin, {}, now);
    expect(block.total).toBe(4);
    expect(block.byStatus.filter(({ count }) => count > 0)).toEqual([
      { status: "action_needed", count: 1 },
      { status: "unverified", count: 1 },
      { status: "active", count: 2 },
    ]);
    expect(block.reasons).toEqual([
      { status: "action_needed", reason: "invalid_client", example: "Wrong secret.", count: 1 },
    ]);
    expect((await listCredentials(admin, { reason: "invalid_client" })).items.map(({ name }) => name)).toEqual([
      "Stock",
    ]);
    expect(idle).toEqual({ unused: 2, ownerless: 2 });
    expect((await listCredentials(admin, { ownerless: "true" })).items).toHaveLength(2);
    expect(Object.fromEntries(endings.counts.map(({ within, count }) => [within, count]))).toEqual({
      ended: 1,
      7: 1,
      30: 1,
      60: 1,
      unknown: 2,
    });
    expect(endings.next.map(({ name }) => name)).toEqual(["Stock", "Orders"]);
  });

  test.each(["1h", "24h", "7d", "30d"] as const)("counts the runs of %s as the list has them", async (range) => {
    const { runs, span } = await getDashboard(admin, { range }, now);
    const listed = await listRuns(admin, { since: span.since, until: span.until, limit: 200 });
    const of = (status: string) => listed.items.filter((run) => run.status === status).length;
    expect(runs.totals).toEqual({ succeeded: of("succeeded"), failed: of("failed"), other: of("queued") });
    const sum = (name: "succeeded" | "failed" | "other") => runs.series.reduce((total, step) => total + step[name], 0);
    expect([sum("succeeded"), sum("failed"), sum("other")]).toEqual(Object.values(runs.totals));
    expect(listed.items.length).toBeGreaterThan(0);
  });

  test("says of a secret that ends whether its successor is staged", async () => {
    await getDb()
      .insert(credentialSecrets)
      .values({
        credentialId: ids.orders,
        slot: "staged",
        secretId: v7(),
        clientSecretSetAt: new Date(now),
        boundTo: "https://one.example",
        placedAt: new Date(now),
        placedBy: "Ines",
      });
    const { endings } = await getDashboard(admin, {}, now);
    const stagedAt = new Date(now).toISOString();
    expect(endings.next).toMatchObject([
      { name: "Stock", successor: null },
      { name: "Orders", successor: { what: "client secret", endsAt: null, stagedAt, test: "none" } },
    ]);
  });

  test("names the triggers that fail most and take longest", async () => {
    const { runs } = await getDashboard(admin, { range: "7d" }, now);
    expect(runs.failing).toEqual([
      { triggerId: triggers.send, name: "Send", runs: 40, failed: 10 },
      { triggerId: triggers.read, name: "Read", runs: 11, failed: 1 },
    ]);
    expect(runs.slowest.map(({ name }) => name)).toEqual(["Read", "Send"]);
    expect(runs.slowest[0]!.p50).toBeGreaterThanOrEqual(750);
    expect(runs.slowest[1]!.p95).toBeLessThanOrEqual(35);
  });

  test("counts token requests by host and reason, and sign-ins by profile and reason", async () => {
    const { requests, signIns } = await getDashboard(admin, { range: "24h" }, now);
    expect(requests.totals).toEqual({ succeeded: 3, failed: 3 });
    expect(requests.hosts).toEqual([
      { host: "two.example", succeeded: 0, failed: 3 },
      { host: "one.example", succeeded: 3, failed: 0 },
    ]);
    expect(requests.reasons).toEqual([{ host: "two.example", reason: "invalid_client", count: 3 }]);
    expect(signIns.profiles).toEqual([{ credentialId: ids.portal, name: "Portal", succeeded: 1, failed: 2 }]);
    expect(signIns.reasons).toEqual([{ credentialId: ids.portal, name: "Portal", reason: "roles_missing", count: 2 }]);
  });

  test("tells which transports could go on without their provider", async () => {
    const { runway } = await getDashboard(admin, {}, now);
    expect(runway.counts).toEqual({ none: 1, hour: 1, longer: 0 });
    expect(runway.worst.map(({ transportName, tokenUntil }) => [transportName, tokenUntil !== null])).toEqual([
      ["Stock", false],
      ["Orders", true],
    ]);
    expect((await listTransports(admin, { runway: "none" })).items.map(({ name }) => name)).toEqual(["Stock"]);
  });
});

describe("a lead of one node", () => {
  test("sees that node's numbers and no others, whatever is asked for", async () => {
    const mine = await getDashboard(lead(plant), { range: "30d" }, now);
    expect(mine.scope).toEqual({ nodeId: plant, nodeName: "Plant" });
    expect(mine.credentials.total).toBe(1);
    expect(mine.runs.totals).toEqual({ succeeded: 30, failed: 10, other: 1 });
    expect(mine.runs.failing.map(({ name }) => name)).toEqual(["Send"]);
    expect(mine.requests.totals).toEqual({ succeeded: 3, failed: 0 });
    expect(mine.signIns.profiles).toEqual([]);
    expect(mine.runway.counts).toEqual({ none: 0, hour: 1, longer: 0 });
    expect(mine.idle).toEqual({ unused: 0, ownerless: 0 });
    expect(JSON.stringify(mine)).not.toMatch(/Stock|Idle|Portal|two\.example/);
    await expect(getDashboard(lead(plant), { nodeId: office })).rejects.toMatchObject({ code: "forbidden" });
    await expect(getDashboard(lead(plant), { nodeId: v7() })).rejects.toMatchObject({ code: "not_found" });
    await expect(getChanges(lead(plant), office)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("may narrow it to a node below", async () => {
    const { scope, runs } = await getDashboard(lead(plant), { nodeId: line, range: "30d" }, now);
    expect([scope.nodeName, runs.totals.other]).toEqual(["Line", 0]);
  });

  test("of the node where a profile is offered sees its sign-ins", async () => {
    const { signIns, credentials: block } = await getDashboard(lead(office), { range: "24h" }, now);
    expect(signIns.profiles.map(({ name, failed }) => [name, failed])).toEqual([["Portal", 2]]);
    expect(block.total).toBe(2);
    expect((await listCredentials(admin, { nodeId: office })).items.map(({ name }) => name)).toEqual([
      "Portal",
      "Stock",
    ]);
  });

  test("operators, engineers and people without a role see none", async () => {
    for (const grants of [[{ role: "operator", nodeId: null }], [{ role: "engineer", nodeId: null }], []] as const) {
      await expect(getDashboard({ ...lead(null), grants })).rejects.toMatchObject({ code: "forbidden" });
    }
  });
});

describe("what changed", () => {
  test("is nothing at the first visit, and then what came since the visit before", async () => {
    const ctx = lead(null);
    expect(await getChanges(ctx, undefined, now)).toMatchObject({ since: null, failedRuns: 0 });
    await noteVisit(ctx, now - 6 * hour);
    await noteVisit(ctx, now - 6 * hour + 60_000);
    await getDb().execute(
      sql`update credentials set status = 'degraded', status_reason = 'No answer.' where id = ${ids.stock}`,
    );
    const changes = await getChanges(ctx, undefined, now);
    expect(changes.since).toBe(new Date(now - 6 * hour + 60_000).toISOString());
    expect(changes.statuses).toEqual([{ to: "degraded", count: 1 }]);
    expect(changes.latest).toMatchObject([
      { name: "Stock", from: "action_needed", to: "degraded", reason: "No answer." },
    ]);
    expect(changes.failedRuns).toBe(10);
    await noteVisit(ctx, now);
    expect((await getChanges(ctx, undefined, now + 60_000)).since).toBe(changes.since);
    expect((await getChanges(lead(plant), undefined, now)).latest).toEqual([]);
  });
});

describe("a review", () => {
  test("keeps who signed what with which numbers, is in the audit log, and is seen by who may see the node", async () => {
    const review = await signReview(lead(plant), { range: "24h", note: " All known. " });
    expect(review).toMatchObject({
      signedBy: "lena",
      nodeName: "Plant",
      note: "All known.",
      snapshot: { runs: { failed: 10 } },
    });
    expect((await listReviews(lead(plant))).items).toEqual([review]);
    expect((await listReviews(lead(office))).items).toEqual([]);
    expect((await listReviews(admin, { nodeId: plant })).items).toEqual([review]);
    const { rows } = await getDb().execute(
      sql`select action, target_name, after->>'note' as note from audit_records order by id desc limit 1`,
    );
    expect(rows).toEqual([{ action: "review.sign", target_name: "Plant", note: "All known." }]);
  });

  test("of a node that is not one's own is refused", async () => {
    await expect(signReview(lead(plant), { nodeId: office })).rejects.toMatchObject({ code: "forbidden" });
  });
});
