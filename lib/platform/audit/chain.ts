import { createHash } from "node:crypto";
import type { auditRecords } from "#drizzle/schema/audit-records.ts";

/** What the first record of all holds as the hash of the one before. */
export const genesisHash = "0".repeat(64);

type Row = typeof auditRecords.$inferSelect;

/** The columns that a hash covers, in the order in which it takes them: all but the hash itself. */
export const chainedColumns = [
  "previousHash",
  "id",
  "at",
  "actorKind",
  "actorId",
  "actorName",
  "address",
  "action",
  "targetKind",
  "targetId",
  "targetName",
  "before",
  "after",
] as const satisfies readonly (keyof Row)[];

/** A record as it will be read back: `at` in whole milliseconds, `before` and `after` as JSON has them. */
export type ChainRecord = Pick<Row, (typeof chainedColumns)[number]>;

/** The end of a chain: the id and the hash of its last record. */
export type Head = { id: number; hash: string };

/** SHA-256 of a record with the hash of the one before in it, in hexadecimal. */
export function hashRecord(record: ChainRecord): string {
  const values = chainedColumns.map((column) => {
    const value = record[column];
    return value instanceof Date ? value.toISOString() : sortKeys(value);
  });
  return createHash("sha256")
    .update(JSON.stringify(["sallyport audit record 1", ...values]))
    .digest("hex");
}

/** Postgres keeps the members of an object in an order of its own. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}

/** Puts records behind a head: each with its number, the hash of the one before and its own. */
export function chainRecords<T extends Omit<ChainRecord, "id" | "previousHash">>(head: Head, records: readonly T[]) {
  let last = head;
  const chained = records.map((record) => {
    const numbered = { ...record, id: last.id + 1, previousHash: last.hash };
    last = { id: numbered.id, hash: hashRecord(numbered) };
    return { ...numbered, hash: last.hash };
  });
  return { records: chained, head: last };
}
