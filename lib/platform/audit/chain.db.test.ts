import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { auditHead } from "#drizzle/schema/audit-head.ts";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { createNode } from "#lib/access/nodes/create-node.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, getPool, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { chainExisting } from "#lib/platform/migrations/chain-existing.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { type PublishedHead, publishHead } from "./publish-head.ts";
import { lockHead, recordAudit } from "./record.ts";
import { verifyChain } from "./verify-chain.ts";

setUpTestDatabase();
const folder = mkdtempSync(join(tmpdir(), "sallyport-audit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ctx = systemContext("Tester");
let count = 0;
const addNode = () => createNode(ctx, { name: `Node ${++count}`, parentId: null });
const faults = async (...args: Parameters<typeof verifyChain>) =>
  (await verifyChain(...args)).faults.map(({ kind, id }) => `${kind} ${id}`);

/** Does something to the database that is undone once it was verified. */
async function tamper(statement: ReturnType<typeof sql>): Promise<string[]> {
  const kept = await getDb().select().from(auditRecords).orderBy(auditRecords.id);
  await getDb().execute(statement);
  const found = await faults();
  await getDb().delete(auditRecords);
  await getDb().insert(auditRecords).values(kept);
  expect(await faults()).toEqual([]);
  return found;
}

test("writers on all connections, with locks taken in every order, make one chain and no deadlock", async () => {
  const rows = await Promise.all([addNode(), addNode()]);
  const entry = { action: "node.update", target: { kind: "node", id: null, name: null }, after: { value: 1.5 } };
  const touch = (tx: Transaction, index: number) =>
    tx
      .update(nodes)
      .set({ version: sql`${nodes.version} + 1` })
      .where(eq(nodes.id, rows[index]!.id));
  const record = (tx: Transaction) => recordAudit(tx, ctx, entry);
  const orders: ((tx: Transaction) => Promise<unknown>)[] = [
    async (tx) => [await record(tx), await bumpChanges(tx), await touch(tx, 0)],
    async (tx) => [await touch(tx, 0), await bumpChanges(tx), await record(tx)],
    async (tx) => [await bumpChanges(tx), await touch(tx, 1), await record(tx), await record(tx)],
    async (tx) => [await record(tx), await touch(tx, 1)],
  ];
  // As many writers as the pool has connections: none of them waits for one, which the pool lets nobody do for long.
  const write = async (writer: number) => {
    for (let index = writer; index < writer + 10; index++) await inTransaction(orders[index % orders.length]!);
  };
  await Promise.all(Array.from({ length: getPool().options.max }, (_, writer) => write(writer)));
  const { records, faults: found, last } = await verifyChain();
  expect(found).toEqual([]);
  expect(records).toBe(2 + 250);
  expect(last.id).toBe(records);
});

test("what the database gives back is what was hashed", async () => {
  const target = { kind: "thing", id: "ABC", name: "ß 🔑 \u2028" };
  const after = {
    z: 1,
    a: [1e21, 0.1, -0, { y: null, b: "ä\u0001" }],
    at: new Date(0),
    gone: undefined,
    text: 'a\\u0041 "b"',
  };
  const actor = { kind: "user", id: "0190C7A0-0000-7000-8000-00000000000A", name: "Anna", sessionId: "s" } as const;
  await inTransaction((tx) => recordAudit(tx, { ...ctx, actor, address: "::1" }, { action: "x", target, after }));
  expect(await faults()).toEqual([]);
});

test("an edit, a deletion, an insertion and a truncation made in the database are found", async () => {
  await Promise.all([addNode(), addNode(), addNode()]);
  const { last } = await verifyChain();
  expect(await tamper(sql`update audit_records set actor_name = 'Mallory' where id = 7`)).toEqual(["edited 7"]);
  expect(await tamper(sql`update audit_records set after = '{"value": 1.6}' where id = 8`)).toEqual(["edited 8"]);
  expect(await tamper(sql`update audit_records set at = at + interval '1 ms' where id = 9`)).toEqual(["edited 9"]);
  expect(await tamper(sql`delete from audit_records where id between 10 and 12`)).toEqual(["deleted 10"]);
  expect(await tamper(sql`delete from audit_records where id = 1`)).toEqual(["deleted 1"]);
  expect(await tamper(sql`delete from audit_records where id > ${last.id - 2}`)).toEqual([`truncated ${last.id - 1}`]);
  expect(await tamper(sql`truncate audit_records`)).toEqual(["truncated 1"]);
  const forged = sql`insert into audit_records (id, actor_kind, actor_name, action, target_kind)
    values (${last.id + 1}, 'user', 'Mallory', 'x', 'x')`;
  expect(await tamper(forged)).toEqual([`inserted ${last.id + 1}`]);
});

test("a change whose record can't be written does not happen", async () => {
  await getDb().execute(sql`create function refuse() returns trigger language plpgsql as $$
    begin raise exception 'no room'; end $$`);
  await getDb().execute(sql`create trigger refuse before insert on audit_records execute function refuse()`);
  const before = await getDb().$count(nodes);
  await expect(addNode()).rejects.toThrow();
  expect(await getDb().$count(nodes)).toBe(before);
  await getDb().execute(sql`drop trigger refuse on audit_records`);
  await addNode();
  expect(await faults()).toEqual([]);
});

test("a process that hangs while it holds the chain stops the others only for a while", async () => {
  let locked = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  let wake = () => {};
  const hangs = getDb().transaction(async (tx) => {
    await lockHead(tx, 300);
    locked();
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  });
  await isLocked;
  await addNode();
  wake();
  await expect(hangs).rejects.toThrow();
  expect(await faults()).toEqual([]);
});

test("a record outside inTransaction is refused instead of lost", async () => {
  const entry = { action: "x", target: { kind: "x", id: null, name: null } };
  const lost = getDb().transaction((tx) => recordAudit(tx, ctx, entry));
  await expect(lost).rejects.toThrow(/inTransaction/);
});

test("the records from before there was a chain are chained once, and keep their numbers", async () => {
  await getDb().execute(sql`delete from audit_records where id % 5 = 0`);
  await getDb().execute(sql`update audit_records set hash = null, previous_hash = null`);
  await getDb().delete(auditHead);
  const ids = await getDb().select({ id: auditRecords.id }).from(auditRecords).orderBy(auditRecords.id);
  await Promise.all([chainExisting(getDb()), chainExisting(getDb())]);
  expect(await faults()).toEqual([]);
  expect(await getDb().select({ id: auditRecords.id }).from(auditRecords).orderBy(auditRecords.id)).toEqual(ids);
  await addNode();
  expect(await faults()).toEqual([]);
  await getDb().execute(sql`update audit_records set hash = null where id = 8`);
  await chainExisting(getDb());
  expect(await faults()).toContain("inserted 8");
  await getDb().execute(sql`update audit_records set hash = null`);
  await getDb().delete(auditHead);
  await chainExisting(getDb());
});

test("the head goes to a file and to a webhook, again when that failed, and what was shipped betrays a rewritten log", async () => {
  const file = join(folder, "heads.jsonl");
  const sent: PublishedHead[] = [];
  let failures = 1;
  const send = async (head: PublishedHead) => {
    if (failures-- > 0) throw new Error("the collector is down");
    sent.push(head);
  };
  const work = publishHead({ portal: "https://portal.example.com", file, send });
  const shipping = startTask({ name: "ship the head", everyMs: 5, failure: "the head was not shipped", ...work });
  await expect.poll(() => sent.length).toBe(1);
  await addNode();
  await shipping.stop();
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const shipped: PublishedHead[] = lines.map((line) => JSON.parse(line));
  expect(shipped.at(-1)).toMatchObject({ ...(await verifyChain()).last, portal: "https://portal.example.com" });
  expect(sent.at(-1)).toMatchObject({ id: shipped.at(-1)!.id, hash: shipped.at(-1)!.hash });
  expect(await faults(shipped)).toEqual([]);

  await getDb().execute(sql`update audit_records set actor_name = 'Mallory', hash = null where id = 7`);
  await getDb().delete(auditHead);
  await chainExisting(getDb());
  expect(await faults()).toEqual([]);
  expect((await faults(shipped)).every((fault) => fault.startsWith("rewritten"))).toBe(true);
  expect(await faults(shipped)).not.toEqual([]);
});
