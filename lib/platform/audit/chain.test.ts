import fc from "fast-check";
import { expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { type ChainRecord, chainedColumns, chainRecords, genesisHash, type Head, hashRecord } from "./chain.ts";
import { checkChain } from "./check-chain.ts";

const start: Head = { id: 0, hash: genesisHash };
const entry = (name: string): Omit<ChainRecord, "id" | "previousHash"> => ({
  at: new Date("2027-01-31T12:00:00.123Z"),
  actorKind: "user",
  actorId: "0190c7a0-0000-7000-8000-000000000001",
  actorName: "Anna",
  address: "192.0.2.7",
  action: "credential.update",
  targetKind: "credential",
  targetId: "1",
  targetName: name,
  before: { scope: "a", proxy: { mode: "none", bypass: [] } },
  after: null,
});
const make = (count: number) =>
  chainRecords(
    start,
    Array.from({ length: count }, (_, index) => entry(`Record ${index + 1}`)),
  );

function check(records: ReturnType<typeof make>["records"], head: Head | null, shipped: Head[] = []) {
  const chain = checkChain(head, shipped);
  for (const record of records) chain.take(record);
  return chain.finish();
}
const faults = (...args: Parameters<typeof check>) => check(...args).faults.map(({ kind, id }) => `${kind} ${id}`);

test("the hash covers every column of a record", () => {
  const { hash: _, ...columns } = auditRecords as unknown as Record<string, { columnType?: string }>;
  const names = Object.keys(columns).filter((name) => columns[name]?.columnType);
  expect([...chainedColumns].sort()).toEqual(names.sort());
  const [record] = make(1).records;
  for (const column of chainedColumns) {
    const other = { ...record!, [column]: column === "at" ? new Date(0) : "another" } as unknown as ChainRecord;
    expect(hashRecord(other), column).not.toBe(record!.hash);
  }
});

test("the order in which the database keeps the members of an object does not matter", () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(json, (before) => {
      const turned = Object.fromEntries(Object.entries(before).reverse());
      const [record] = make(1).records;
      expect(hashRecord({ ...record!, before: turned })).toBe(hashRecord({ ...record!, before }));
    }),
  );
});

test("an untouched chain has no fault", () => {
  const { records, head } = make(5);
  expect(check(records, head, [{ id: 3, hash: records[2]!.hash }])).toEqual({ records: 5, last: head, faults: [] });
  expect(faults([], start)).toEqual([]);
});

test("an edited record is found, also when its own hash was made anew", () => {
  const { records, head } = make(5);
  const edited = { ...records[2]!, actorName: "Mallory" };
  expect(faults(records.with(2, edited), head)).toEqual(["edited 3"]);
  expect(faults(records.with(2, { ...edited, hash: hashRecord(edited) }), head)).toEqual(["edited 3"]);
  const last = { ...records[4]!, actorName: "Mallory" };
  expect(faults(records.with(4, { ...last, hash: hashRecord(last) }), head)).toEqual(["edited 5"]);
});

test("deleted records are found, at the beginning and in the middle", () => {
  const { records, head } = make(6);
  expect(faults(records.slice(2), head)).toEqual(["deleted 1"]);
  expect(check(records.toSpliced(2, 2), head).faults).toEqual([
    { kind: "deleted", id: 3, message: "Records 3 to 4 are missing." },
  ]);
});

test("an inserted record is found, with or without a hash, in the middle and at the end", () => {
  const { records, head } = make(4);
  // Records from before the chain may have gaps in their numbers.
  const gap = records.filter(({ id }) => id !== 3);
  const relinked = { ...records[3]!, previousHash: gap[1]!.hash };
  const chained = [...gap.slice(0, 2), { ...relinked, hash: hashRecord(relinked) }];
  const end = { id: 4, hash: chained[2]!.hash };
  expect(faults(chained, end)).toEqual([]);
  const forged = { ...entry("Forged"), id: 3, previousHash: gap[1]!.hash };
  expect(faults(chained.toSpliced(2, 0, { ...forged, hash: hashRecord(forged) }), end)).toEqual(["inserted 3"]);
  expect(faults(chained.toSpliced(2, 0, { ...forged, hash: "nonsense" }), end)).toEqual(["inserted 3"]);
  expect(faults(chained.toSpliced(2, 0, { ...forged, hash: null as never }), end)).toEqual(["inserted 3"]);
  const appended = chainRecords(head, [entry("Forged")]).records;
  expect(faults([...records, ...appended], head)).toEqual(["inserted 5"]);
});

test("a shortened log is found by its head, and a shortened head by one that was shipped", () => {
  const { records, head } = make(5);
  const shorter = records.slice(0, 3);
  expect(faults(shorter, head)).toEqual(["truncated 4"]);
  const forged = { id: 3, hash: shorter[2]!.hash };
  expect(faults(shorter, forged)).toEqual([]);
  expect(faults(shorter, forged, [head])).toEqual(["truncated 4"]);
  expect(faults([], start, [head])).toEqual(["truncated 1"]);
  expect(faults(records, null)).toEqual(["no_head 5"]);
});

test("a chain that was rewritten as a whole is found by a head that was shipped", () => {
  const { records } = make(5);
  const again = chainRecords(start, records.with(1, { ...records[1]!, actorName: "Mallory" }));
  expect(faults(again.records, again.head)).toEqual([]);
  expect(faults(again.records, again.head, [{ id: 4, hash: records[3]!.hash }])).toEqual(["rewritten 4"]);
});
