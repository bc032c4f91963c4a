import { sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeAll, describe, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { dashboardVisits } from "#drizzle/schema/dashboard-visits.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { users } from "#drizzle/schema/users.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { durationBounds, estimateQuantile } from "#lib/oversight/rollups/durations.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { countEverything } from "#scripts/test-rollups.ts";
import { getChanges } from "./get-changes.ts";
import { getDashboard } from "./get-dashboard.ts";
import type { DashboardQuery } from "./span.ts";

setUpTestDatabase();

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.now();
const admin = systemContext("test");

type Run = { at: number; trigger: string | null; path: string[]; status: string; durationMs: number };
type Event = { at: number; credential: Credential; kind: string; code: string | null };
type Credential = { id: string; name: string; host: string; nodes: string[]; isUser: boolean };
const runs: Run[] = [];
const events: Event[] = [];
const paths: string[][] = [];
const made: Credential[] = [];

/** Numbers that look random and are the same each time (Lehmer). */
let seed = 7;
const pick = <T>(of: readonly T[]): T => {
  seed = (seed * 48_271) % 2_147_483_647;
  return of[seed % of.length]!;
};

/** Some within the last hours, some over 40 days, some at the very edges of hours and days. */
function makeTime(): number {
  const back = pick([1, 3, 30, 40 * 24]) * hour;
  const at = now - ((pick([1, 2, 3, 5, 7, 11, 13, 17, 19, 23]) * pick([101, 211, 307, 401, 503, 601])) / 13_823) * back;
  const unit = pick([1, hour, day]);
  return Math.floor(at / unit) * unit;
}

async function insertRuns(count: number): Promise<void> {
  const triggers = [...Array.from({ length: 12 }, (_, index) => `t${index}`), null];
  const made = Array.from({ length: count }, () => {
    const run = {
      at: makeTime(),
      trigger: pick(triggers),
      path: pick(paths),
      status: pick(["succeeded", "succeeded", "succeeded", "failed", "queued"]),
      durationMs: pick([0, 1, 4, 36, 99, 250, 800, 4000, 40_000]),
    };
    runs.push(run);
    const id = v7({ msecs: run.at });
    return sql`(${id}, ${run.trigger && idOfTrigger(run.trigger)}, ${run.trigger ?? "gone"}, ${id}, 'T', ${run.path.at(-1)}, ${sql.param(run.path)}::uuid[], 'on_demand',
      'Anna', ${run.status}, ${run.status === "failed" ? "timeout" : null}, ${new Date(run.at)}, ${run.durationMs}, 1)`;
  });
  await getDb().execute(sql`
    insert into runs (id, trigger_id, trigger_name, transport_id, transport_name, node_id, node_path, event, actor, status, error_code, started_at, duration_ms, attempts)
    values ${sql.join(made, sql`, `)}`);
}

const triggerIds = new Map<string, string>();
function idOfTrigger(name: string): string {
  if (!triggerIds.has(name)) triggerIds.set(name, v7());
  return triggerIds.get(name)!;
}

async function insertEvents(count: number): Promise<void> {
  const happened = Array.from({ length: count }, () => {
    const credential = pick(made);
    const event = {
      at: makeTime(),
      credential,
      kind: credential.isUser ? "sign_in" : pick(["token_request", "check", "status"]),
      code: pick([null, null, "invalid_client", "timeout"]),
    };
    events.push(event);
    return sql`(${v7({ msecs: event.at })}, ${credential.id}, 1, ${new Date(event.at)}, ${event.kind}, 'Anna', ${event.code ? "failed" : "succeeded"}, 5,
      ${event.code === "invalid_client" ? event.code : null}, ${event.code})`;
  });
  await getDb().execute(sql`
    insert into credential_events (id, credential_id, credential_version, at, kind, cause, outcome, duration_ms, provider_code, error_code)
    values ${sql.join(happened, sql`, `)}`);
}

beforeAll(async () => {
  const plant = await insertNode("Plant");
  const line = await insertNode("Line", plant);
  const office = await insertNode("Office");
  paths.push([plant], [plant, line], [office]);
  for (let index = 0; index < 24; index++) {
    const id = v7();
    const isUser = index % 2 === 1;
    const node = index % 5 === 0 ? null : paths[index % 3]!;
    const host = `login${index % 4}.example:8443`;
    made.push({ id, name: `C${index}`, host, nodes: node ?? [], isUser });
    const base = { id, name: `C${index}`, provider: "generic", clientId: "a" } as const;
    await getDb()
      .insert(credentials)
      .values({
        ...base,
        type: isUser ? "user" : "application",
        endpointUrl: `https://${host}/token`,
        offeredAt: isUser && node ? [node.at(-1)!] : [],
      });
    if (!isUser && node) {
      await getDb()
        .insert(transports)
        .values({
          id: v7(),
          name: `T${index}`,
          nodeId: node.at(-1)!,
          type: "HTTP",
          authorizationKind: "credential",
          http: {} as never,
          credentialId: id,
        });
    }
  }
  await getDb().insert(users).values({ id: user.id, username: user.name });
  await insertRuns(400);
  await insertEvents(400);
});

const bySize = <T>(rows: T[], ...keys: ((row: T) => number | string)[]): T[] =>
  rows.sort((one, other) => {
    for (const key of keys) {
      if (key(one) !== key(other)) return key(one) < key(other) ? -1 : 1;
    }
    return 0;
  });

/** What the dashboard shows, counted row by row from what was inserted. */
function countPlainly(span: { from: number; to: number; starts: number[] }, node: string | null) {
  const isWithin = ({ at }: { at: number }) => at >= span.from && at < span.to;
  const stepOf = (at: number) => span.starts.findLast((start) => start <= at)!;
  const ran = runs.filter((run) => isWithin(run) && (node === null || run.path.includes(node)));
  const happened = events.filter(
    (event) => isWithin(event) && event.kind !== "status" && (node === null || event.credential.nodes.includes(node)),
  );
  const outcomes = (of: Event[]) => ({
    succeeded: of.filter(({ code }) => code === null).length,
    failed: of.filter(({ code }) => code !== null).length,
  });
  const states = (of: Run[]) => ({
    succeeded: of.filter(({ status }) => status === "succeeded").length,
    failed: of.filter(({ status }) => status === "failed").length,
    other: of.filter(({ status }) => status === "queued").length,
  });
  const named = [...Map.groupBy(ran, ({ trigger }) => trigger)].flatMap(([trigger, of]) => {
    if (trigger === null) return [];
    const counts = durationBounds.map(() => 0).concat(0);
    for (const { status, durationMs } of of) {
      if (status !== "queued") counts[durationBounds.filter((bound) => bound <= durationMs).length]!++;
    }
    const p95 = estimateQuantile(counts, 0.95) ?? 0;
    const finished = counts.reduce((sum, count) => sum + count, 0);
    return [
      {
        name: trigger,
        runs: of.length,
        failed: states(of).failed,
        finished,
        p50: estimateQuantile(counts, 0.5) ?? 0,
        p95,
      },
    ];
  });
  const requests = happened.filter(({ kind }) => kind !== "sign_in");
  const signIns = happened.filter(({ kind }) => kind === "sign_in");
  const series = <T>(of: T[], at: (row: T) => number) => {
    const steps = Map.groupBy(of, (row) => stepOf(at(row)));
    return span.starts.map((start) => steps.get(start) ?? []);
  };
  return {
    runs: series(ran, ({ at }) => at).map(states),
    totals: states(ran),
    failing: bySize(
      named.filter(({ failed }) => failed > 0),
      (row) => -row.failed,
      (row) => row.name,
    )
      .slice(0, 8)
      .map(({ name, runs, failed }) => ({ name, runs, failed })),
    slowest: bySize(
      named.filter(({ finished }) => finished >= 5),
      (row) => -row.p95,
      (row) => row.name,
    )
      .slice(0, 8)
      .map(({ finished: _, ...row }) => row),
    requests: series(requests, ({ at }) => at).map(outcomes),
    hosts: bySize(
      [...Map.groupBy(requests, ({ credential }) => credential.host)].map(([host, of]) => ({ host, ...outcomes(of) })),
      (row) => row.host,
    ),
    reasons: bySize(
      [
        ...Map.groupBy(
          requests.filter(({ code }) => code),
          ({ credential, code }) => `${credential.host} ${code}`,
        ),
      ].map(([key, of]) => ({ key, count: of.length })),
      (row) => row.key,
    ),
    profiles: bySize(
      [...Map.groupBy(signIns, ({ credential }) => credential)].map(([{ id, name }, of]) => ({
        credentialId: id,
        name,
        ...outcomes(of),
      })),
      (row) => -row.succeeded - row.failed,
      (row) => row.credentialId,
    ).slice(0, 10),
    refused: bySize(
      [
        ...Map.groupBy(
          signIns.filter(({ code }) => code),
          ({ credential, code }) => `${credential.id} ${credential.name} ${code}`,
        ),
      ].map(([key, of]) => ({ key, count: of.length })),
      (row) => -row.count,
      (row) => row.key,
    ).slice(0, 10),
  };
}

async function countByDashboard(query: DashboardQuery) {
  const { span, runs: block, requests, signIns } = await getDashboard(admin, query, now);
  const totalsOnly = ({ at: _, ...totals }: { at: string }) => totals;
  return {
    span: {
      from: Date.parse(span.since),
      to: Date.parse(span.until),
      starts: block.series.map(({ at }) => Date.parse(at)),
    },
    shown: {
      runs: block.series.map(totalsOnly),
      totals: block.totals,
      failing: block.failing.map(({ triggerId: _, ...row }) => row),
      slowest: block.slowest.map(({ triggerId: _, ...row }) => row),
      requests: requests.series.map(totalsOnly),
      hosts: bySize([...requests.hosts], (row) => row.host),
      reasons: bySize(
        requests.reasons.map(({ host, reason, count }) => ({ key: `${host} ${reason}`, count })),
        (row) => row.key,
      ),
      profiles: signIns.profiles,
      refused: signIns.reasons.map(({ credentialId, name, reason, count }) => ({
        key: `${credentialId} ${name} ${reason}`,
        count,
      })),
    },
  };
}

const at = (ms: number) => new Date(ms).toISOString();
const queries: DashboardQuery[] = [
  ...(["1h", "24h", "7d", "30d"] as const).map((range) => ({ range })),
  { range: "custom", since: at(now - 35 * day - 5 * hour), until: at(now - 2 * day - 3 * hour) },
  { range: "custom", since: at(Math.floor(now / day) * day - 20 * day), until: at(Math.floor(now / day) * day) },
  { range: "custom", since: at(now - 4 * day), until: at(now - 4 * day + 90 * 60_000) },
];

async function compareAll(): Promise<void> {
  for (const query of queries) {
    for (const node of [null, paths[0]![0]!, paths[1]![1]!, paths[2]![0]!]) {
      const { span, shown } = await countByDashboard({ ...query, nodeId: node ?? undefined });
      expect(shown, `${JSON.stringify(query)} of ${node}`).toEqual(countPlainly(span, node));
    }
  }
  await compareChanges();
}

const user = { id: v7(), name: "lena" };

/** Failed runs since a visit. */
async function compareChanges(): Promise<void> {
  const ctx = {
    actor: { kind: "user", ...user, sessionId: v7() },
    grants: [{ role: "lead", nodeId: null }],
    address: null,
  } as const;
  for (const back of [40 * 60_000, 3 * hour + 1, day, 33 * day + 7 * 60_000]) {
    const lastAt = new Date(now - back);
    await getDb()
      .insert(dashboardVisits)
      .values({ userId: user.id, lastAt })
      .onConflictDoUpdate({ target: dashboardVisits.userId, set: { lastAt } });
    for (const node of [null, paths[1]![1]!, paths[2]![0]!]) {
      const failed = runs.filter(
        (run) => run.status === "failed" && run.at >= now - back && (node === null || run.path.includes(node)),
      );
      const { failedRuns } = await getChanges(ctx, node ?? undefined, now);
      expect(failedRuns, `${back} ms back on ${node}`).toBe(failed.length);
    }
  }
}

describe("the dashboard's numbers equal those of a plain count", () => {
  test("while nothing is counted ahead", compareAll);

  test("once hours and days are counted ahead", async () => {
    await countEverything();
    const { rows } = await getDb().execute<{ hours: number; days: number }>(
      sql`select (select count(*) from node_hours)::int as hours, (select count(*) from node_days)::int as days`,
    );
    expect(Math.min(rows[0]!.hours, rows[0]!.days)).toBeGreaterThan(20);
    await compareAll();
  });

  test("after the next look at what came late", async () => {
    await insertRuns(60);
    await insertEvents(60);
    await countEverything();
    await compareAll();
  });
});
