import { sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeAll, describe, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { getRun, listRuns } from "#lib/delivery/runs/read-runs.ts";
import type { RunQuery } from "#lib/delivery/runs/schema.ts";
import { listCredentialEvents } from "#lib/oauth/credential-lists/list-events.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { explainQueries, type PlanStep } from "#scripts/explain.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { keepPartitions } from "./keep-partitions.ts";

setUpTestDatabase();

const admin = systemContext("test");
const day = 86_400_000;
const weeks = 8;
const perWeek = 2000;
/** The runs of the test lie ahead, where partitions are made week by week. */
const start = Math.ceil(Date.now() / day + 30) * day;
const node = v7();
const rare = { triggerId: v7(), transportId: v7(), credentialId: v7() };

/** An id of a time, in milliseconds, as SQL. */
const idAt = (ms: string) =>
  sql.raw(
    `(lpad(to_hex((${ms})::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid`,
  );

beforeAll(async () => {
  for (let week = 0; week <= weeks; week++) {
    await waitFor(async () => expect(await keepPartitions(start + week * 7 * day)).toBe(true));
  }
  await getDb().insert(credentials).values({
    id: rare.credentialId,
    name: "Rare",
    type: "application",
    provider: "generic",
    endpointUrl: "https://a.example/token",
    clientId: "a",
  });
  const step = (7 * day) / perWeek;
  const at = `${start} + n::bigint * ${step}`;
  // One run in a thousand is of the rare trigger, transport and credential, and failed.
  const pick = (id: string) => sql`case when n % 1000 = 0 then ${id}::uuid else md5((n % 50)::text)::uuid end`;
  await getDb().execute(sql`
    insert into runs (id, trigger_id, trigger_name, transport_id, transport_name, node_id, node_path, credential_id, event, actor, status, started_at, duration_ms, attempts)
    select ${idAt(at)}, ${pick(rare.triggerId)}, 'Send', ${pick(rare.transportId)}, 'Orders', ${node}, array[${node}]::uuid[],
      ${pick(rare.credentialId)}, 'on_demand', 'Anna', case when n % 1000 = 0 then 'failed' else 'succeeded' end,
      to_timestamp((${sql.raw(at)}) / 1000.0), 10, 1
    from generate_series(0, ${weeks * perWeek - 1}) n`);
  await getDb().execute(sql`
    insert into credential_events (id, credential_id, credential_version, at, kind, cause, outcome, duration_ms)
    select ${idAt(at)}, ${pick(rare.credentialId)}, 1, to_timestamp((${sql.raw(at)}) / 1000.0), 'token_request', 'renewal', 'succeeded', 10
    from generate_series(0, ${weeks * perWeek - 1}) n`);
  await getDb().execute(sql`analyze`);
});

/** What a plan reads of a log: the partitions that it read whole although they hold rows, and how many rows it looked at. */
function readsOf(log: string, plan: PlanStep[]) {
  const steps = plan.filter(({ table }) => table?.startsWith(`${log}_`));
  return {
    scans: steps.filter(({ type, rows }) => type === "Seq Scan" && rows > 0).map(({ table }) => table),
    rows: steps.reduce((sum, { rows }) => sum + rows, 0),
    partitions: new Set(steps.filter(({ rows }) => rows > 0).map(({ table }) => table)).size,
  };
}

const since = new Date(start + 3 * 7 * day).toISOString();
const until = new Date(start + 4 * 7 * day).toISOString();
/** One row of each partition is looked at to know which one comes next, since some might lie in the default one. */
const aPage = 51 + weeks + 2;
const orders: [string, RunQuery, { rows: number; partitions: number }][] = [
  ["the newest", {}, { rows: aPage, partitions: weeks + 2 }],
  ["of a trigger", { triggerId: rare.triggerId }, { rows: aPage, partitions: weeks + 2 }],
  ["of a transport", { transportId: rare.transportId }, { rows: aPage, partitions: weeks + 2 }],
  ["with a credential", { credentialId: rare.credentialId }, { rows: aPage, partitions: weeks + 2 }],
  ["that failed", { status: "failed" }, { rows: aPage, partitions: weeks + 2 }],
  ["that were queued", { status: "queued" }, { rows: 0, partitions: 0 }],
  ["on a node", { nodeId: node }, { rows: aPage, partitions: weeks + 2 }],
  ["of a week", { since, until }, { rows: aPage, partitions: 2 }],
  ["of a trigger in a week", { triggerId: rare.triggerId, since, until }, { rows: aPage, partitions: 2 }],
];

describe("the list of runs", () => {
  test.each(orders)(
    "%s: reads an index and few rows, and of a span of time its partitions only",
    async (_, query, most) => {
      const [plan] = await explainQueries(() => listRuns(admin, query));
      const reads = readsOf("runs", plan!);
      expect(reads.scans).toEqual([]);
      expect(reads.rows).toBeLessThanOrEqual(most.rows);
      expect(reads.partitions).toBeLessThanOrEqual(most.partitions);
    },
  );

  test("goes on behind a page at the same cost", async () => {
    let cursor: string | undefined;
    for (let page = 0; page < 5; page++)
      cursor = (await listRuns(admin, { cursor, limit: 200 })).nextCursor ?? undefined;
    const [plan] = await explainQueries(() => listRuns(admin, { cursor }));
    expect(readsOf("runs", plan!).scans).toEqual([]);
    expect(readsOf("runs", plan!).rows).toBeLessThanOrEqual(aPage);
  });
});

test("one run is looked for in its partition only", async () => {
  const { items } = await listRuns(admin, { since, until, limit: 1 });
  const [plan] = await explainQueries(() => getRun(admin, items[0]!.id));
  const opened = plan!.filter(({ table }) => table?.startsWith("runs_"));
  expect(opened).toHaveLength(1);
});

test("the event log of a credential reads an index and few rows", async () => {
  const plans = await explainQueries(() => listCredentialEvents(admin, rare.credentialId, {}));
  const reads = readsOf("credential_events", plans.at(-1)!);
  expect(reads.scans).toEqual([]);
  expect(reads.rows).toBeLessThanOrEqual(aPage);
});
