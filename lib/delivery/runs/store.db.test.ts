import { inArray, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeAll, expect, test, vi } from "vitest";
import { runStarts } from "#drizzle/schema/run-starts.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { getDb, getPool } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { clearEntries, entryLeaseMs, openEntry } from "./in-flight-journal.ts";
import type { Run } from "./model.ts";
import { findRun } from "./read-runs.ts";
import { interruption, recordInterrupted } from "./record-interrupted.ts";
import { allRecorded, recordRun, requireRoom } from "./store.ts";

setUpTestDatabase();

let nodeId: string;
beforeAll(async () => {
  nodeId = await insertNode("Plant");
});

function makeRun(changes: Partial<Run> = {}): Run {
  const headers = [{ name: "x", value: 'ü "quoted" \\ ' }];
  return {
    id: v7(),
    triggerId: v7(),
    triggerName: "Send",
    transportId: v7(),
    transportName: "Orders",
    nodeId,
    nodeName: "Plant",
    credentialId: null,
    credentialName: null,
    event: "on_demand",
    actor: "Anna",
    status: "succeeded",
    queuedAt: null,
    heldUntil: null,
    dueAt: null,
    startedAt: "2026-05-01T08:00:00.123Z",
    durationMs: 12,
    attempts: 1,
    proxy: "none",
    token: null,
    request: { method: "GET", url: "https://a.example/", headers, body: "", bodyBytes: 0 },
    response: { status: 200, headers, body: "{}", bodyBytes: 2, redirectedTo: null },
    error: null,
    soap: null,
    timing: [{ name: "first_byte", startMs: 0.5, durationMs: 11.2 }],
    attemptLog: [],
    variables: { item: 'ü "quoted"' },
    correlationId: "0af7651916cd43dd8448eb211c80319c",
    ...changes,
  };
}
const record = (run: Run) => recordRun({ run, nodePath: [nodeId] });

test("a run is committed when recordRun returns, and comes back as it was", async () => {
  const run = makeRun();
  await record(run);
  expect(await findRun(run.id)).toEqual({ run, nodePath: [nodeId] });
});

test("runs that finish together share a few commits", async () => {
  const all = Array.from({ length: 200 }, () => makeRun());
  await Promise.all(all.map(record));
  const ids = all.map((run) => run.id);
  const written = await getDb()
    .selectDistinct({ transaction: sql`xmin::text` })
    .from(runs)
    .where(inArray(runs.id, ids));
  expect(await getDb().$count(runs, inArray(runs.id, ids))).toBe(200);
  expect(written.length).toBeLessThan(10);
});

test("one run that can't be stored fails alone", async () => {
  const bad = makeRun({ durationMs: 2 ** 40 });
  const good = [makeRun(), makeRun()];
  const results = await Promise.allSettled([good[0]!, bad, good[1]!].map(record));
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(results[1]).toMatchObject({ reason: { code: "database_unavailable" } });
  for (const run of good) expect((await findRun(run.id)).run).toEqual(run);
});

test("a lost connection is bridged, and the run is there once", async () => {
  const run = makeRun();
  const query = vi.spyOn(getPool(), "query");
  query.mockImplementationOnce(() => {
    throw Object.assign(new Error("Connection terminated unexpectedly"), { code: "ECONNRESET" });
  });
  await record(run);
  expect(query).toHaveBeenCalledTimes(2);
  query.mockRestore();
  await record(run);
  expect(await getDb().$count(runs, inArray(runs.id, [run.id]))).toBe(1);
});

test("while the database is gone a run is kept, who waits is told, and it is recorded when the database is back", async () => {
  const run = makeRun();
  const query = vi.spyOn(getPool(), "query");
  query.mockImplementation(() => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  });
  const now = vi.spyOn(performance, "now");
  const recorded = record(run);
  now.mockReturnValue(performance.now() + 5001);
  await expect(recorded).rejects.toMatchObject({ code: "database_unavailable" });
  now.mockRestore();
  query.mockRestore();
  await allRecorded();
  expect((await findRun(run.id)).run).toEqual(run);
});

test("a run that was taken for interrupted is recorded as it ended, and stays so", async () => {
  const run = makeRun();
  const note = await openEntry({
    run: { ...run, status: "failed", error: interruption, response: null },
    nodePath: [nodeId],
  });
  await getDb().update(runStarts).set({ until: sql`now() - interval '1 second'` });
  expect(await recordInterrupted()).toBe(1);
  expect((await findRun(run.id)).run.error?.code).toBe("interrupted");
  await recordRun({ run, nodePath: [nodeId] }, note);
  expect((await findRun(run.id)).run).toEqual(run);
  await record(makeRun({ id: run.id, durationMs: 1 }));
  expect((await findRun(run.id)).run).toEqual(run);
});

test("notes are extended while their runs are under way, put back after a crash of the database, and go with the last run", async () => {
  // Without the timer of an earlier test.
  await clearEntries();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const all = [makeRun(), makeRun()];
  const notes = await Promise.all(all.map((run) => openEntry({ run, nodePath: [nodeId] })));
  const [first] = await getDb().select().from(runStarts);
  expect(first?.runs.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
  await getDb().delete(runStarts);
  const read = async () => (await getDb().select().from(runStarts))[0]?.until.getTime() ?? 0;
  vi.advanceTimersByTime(entryLeaseMs / 2);
  vi.useRealTimers();
  await expect.poll(read).toBeGreaterThan(first!.until.getTime());
  await recordRun({ run: all[0]!, nodePath: [nodeId] }, notes[0]);
  expect(await recordInterrupted()).toBe(0);
  await recordRun({ run: all[1]!, nodePath: [nodeId] }, notes[1]);
  await clearEntries();
  expect(await read()).toBe(0);
});

test("new runs are refused while too many wait", async () => {
  const all = Array.from({ length: 5001 }, () => makeRun());
  const recorded = Promise.all(all.map(record));
  expect(() => requireRoom()).toThrowError(expect.objectContaining({ code: "database_unavailable", retryable: true }));
  await recorded;
  requireRoom();
});
