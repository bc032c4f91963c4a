import { sql } from "drizzle-orm";
import { v7 } from "uuid";
import { dashboardVisits } from "#drizzle/schema/dashboard-visits.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { getRun, listRuns } from "#lib/delivery/runs/read-runs.ts";
import { listTransports } from "#lib/delivery/transports/read-transports.ts";
import { listTriggers } from "#lib/delivery/triggers/read-triggers.ts";
import { listAllEvents } from "#lib/oauth/credential-lists/list-all-events.ts";
import { listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { listCredentialEvents } from "#lib/oauth/credential-lists/list-events.ts";
import { credentialSorts } from "#lib/oauth/credentials/schema.ts";
import { getChanges } from "#lib/oversight/dashboards/get-changes.ts";
import { getDashboard } from "#lib/oversight/dashboards/get-dashboard.ts";
import { keepRollups } from "#lib/oversight/rollups/keep-rollups.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { readDatabaseCpu } from "./database-cpu.ts";
import { fillDatabase, renewHalf, type Sizes } from "./fill.ts";
import { benchContext as ctx } from "./sample.ts";
import { formatNumber, formatTable } from "./table.ts";

/**
 * Every query of a list and of the dashboard, over a database of some size; p50 and p95 as the use-case takes them, and the CPU
 * time of this process and the database together, which depends less on what else the machine does.
 */
export async function benchLists(sizes: Sizes, rounds: number): Promise<void> {
  const began = Date.now();
  await fillDatabase(sizes, console.log);
  console.log(`filled in ${Math.round((Date.now() - began) / 1000)} s`);
  const counting = Date.now();
  await countAll();
  console.log(`counted for the dashboard in ${Math.round((Date.now() - counting) / 1000)} s\n`);
  await getDb().execute(sql`vacuum analyze run_hours, run_days, node_hours, node_days, request_hours`);
  await renewHalf();
  await measureLists(rounds);
}

async function measureLists(rounds: number): Promise<void> {
  const rows: string[][] = [];
  for (const [name, call] of await makeQueries()) {
    for (let warm = 0; warm < 3; warm++) await call();
    const times: number[] = [];
    const before = { here: process.cpuUsage(), database: await readDatabaseCpu() };
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      await call();
      times.push(performance.now() - start);
    }
    const { user, system } = process.cpuUsage(before.here);
    const database = await readDatabaseCpu();
    times.sort((one, other) => one - other);
    const at = (part: number) => formatNumber(times[Math.min(times.length - 1, Math.floor(times.length * part))]!);
    const cpu =
      database === null || before.database === null
        ? ""
        : formatNumber(((user + system) / 1000 + database - before.database) / rounds);
    rows.push([name, at(0.5), at(0.95), cpu]);
  }
  console.log(formatTable(["query", "p50 ms", "p95 ms", "CPU ms"], rows));
}

/** Counts until nothing is left; one look takes at most its share of a minute. */
async function countAll(): Promise<void> {
  const read = async () =>
    (await getDb().execute<{ until: string }>(sql`select log, until::text from rollup_states order by log`)).rows;
  for (let before = ""; ; ) {
    await keepRollups();
    const now = JSON.stringify(await read());
    if (now === before) return;
    before = now;
  }
}

/** Somebody who looked at the dashboard so long ago. */
async function makeVisitor(agoMs: number): Promise<Context> {
  const id = v7();
  await getDb().insert(users).values({ id, username: "bench" });
  await getDb()
    .insert(dashboardVisits)
    .values({ userId: id, lastAt: new Date(Date.now() - agoMs) });
  return {
    actor: { kind: "user", id, name: "bench", sessionId: id },
    grants: [{ role: "lead", nodeId: null }],
    address: null,
  };
}

async function makeQueries(): Promise<[string, () => Promise<unknown>][]> {
  const { rows: nodes } = await getDb().execute<{ id: string; name: string }>(
    sql`select id, name from nodes order by id`,
  );
  const node = nodes[0]!.id;
  const rare = nodes.at(-1)!.id;
  const [run] = (await listRuns(ctx, { limit: 1 })).items;
  const { triggerId, transportId, credentialId } = run!;
  const since = new Date(Date.now() - 10 * 86_400_000).toISOString();
  const until = new Date(Date.now() - 9 * 86_400_000).toISOString();
  const second = (await listRuns(ctx, { limit: 200 })).nextCursor ?? undefined;
  const lead = await makeVisitor(7 * 86_400_000);
  const some = (value: string | null) => value ?? undefined;
  return [
    ["runs, newest", () => listRuns(ctx)],
    ["runs, a page behind", () => listRuns(ctx, { cursor: second })],
    ["runs of a trigger", () => listRuns(ctx, { triggerId: some(triggerId) })],
    ["runs of a transport", () => listRuns(ctx, { transportId })],
    ["runs with a credential", () => listRuns(ctx, { credentialId: some(credentialId) })],
    ["runs that failed", () => listRuns(ctx, { status: "failed" })],
    ["runs that are queued", () => listRuns(ctx, { status: "queued" })],
    ["runs that are tests", () => listRuns(ctx, { event: "test" })],
    ["runs on a node", () => listRuns(ctx, { nodeId: node })],
    ["runs on a node with one trigger in 500", () => listRuns(ctx, { nodeId: rare })],
    ["runs of a day", () => listRuns(ctx, { since, until })],
    [
      "failed runs of a trigger in a day",
      () => listRuns(ctx, { triggerId: some(triggerId), status: "failed", since, until }),
    ],
    ["one run", () => getRun(ctx, run!.id)],
    ...credentialSorts.flatMap((sort): [string, () => Promise<unknown>][] => [
      [`credentials by ${sort}`, () => listCredentials(ctx, { sort })],
    ]),
    ["credentials with a text", () => listCredentials(ctx, { q: "client-777" })],
    ["credentials that need action", () => listCredentials(ctx, { status: "action_needed" })],
    ["credentials with a reason", () => listCredentials(ctx, { status: "action_needed", reason: "invalid_scope" })],
    ["credentials on a node", () => listCredentials(ctx, { nodeId: node })],
    ["credentials without an owner", () => listCredentials(ctx, { ownerless: "true" })],
    ["credentials without use", () => listCredentials(ctx, { used: "false" })],
    ["credentials that end within 30 days", () => listCredentials(ctx, { secretEnds: "30", sort: "secretEndsAt" })],
    ["event log of a credential", () => listCredentialEvents(ctx, credentialId!)],
    ["token requests that failed", () => listAllEvents(ctx, { kind: "token", outcome: "failed" })],
    [
      "token requests that failed, of a provider",
      () => listAllEvents(ctx, { kind: "token", outcome: "failed", host: "login7.example" }),
    ],
    ["transports", () => listTransports(ctx)],
    ["transports without a token", () => listTransports(ctx, { runway: "none" })],
    ["triggers with their last runs", () => listTriggers(ctx)],
    ...(["1h", "24h", "7d", "30d"] as const).flatMap((range): [string, () => Promise<unknown>][] => [
      [`dashboard, ${range}`, () => getDashboard(ctx, { range })],
      [`dashboard of a node, ${range}`, () => getDashboard(ctx, { range, nodeId: node })],
    ]),
    ["what changed in 7 days", () => getChanges(lead, undefined)],
    ["what changed in 7 days on a node", () => getChanges(lead, node)],
  ];
}
