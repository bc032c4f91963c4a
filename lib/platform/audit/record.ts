import { sql } from "drizzle-orm";
import { auditHead } from "#drizzle/schema/audit-head.ts";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { beforeCommit, type Transaction } from "#lib/platform/db/client.ts";
import type { ActedBy } from "./actor.ts";
import { type ChainRecord, chainRecords } from "./chain.ts";
import { type Fields, keepDifferences } from "./keep-differences.ts";

export type AuditEntry = {
  /** `credential.create`, `trigger.update`, `session.revoke` … */
  action: string;
  target: { kind: string; id: string | null; name: string | null };
  /** Summaries without secrets (what the stores return); of an update only the fields that differ are kept. */
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
};

type Pending = Omit<ChainRecord, "id" | "at" | "previousHash">;

const pending = new WeakMap<Transaction, Pending[]>();

/**
 * Records who did what, in the transaction of the change: no record, no change. The record is written when the
 * transaction's work is done, since its place in the chain is taken under a lock that all writers share.
 */
export async function recordAudit(tx: Transaction, by: ActedBy, entry: AuditEntry): Promise<void> {
  const { before, after } = keepDifferences(entry.before ?? null, entry.after ?? null);
  const record: Pending = {
    actorKind: by.actor.kind,
    actorId: by.actor.id?.toLowerCase() ?? null,
    actorName: by.actor.name,
    address: by.address,
    action: entry.action,
    targetKind: entry.target.kind,
    targetId: entry.target.id,
    targetName: entry.target.name,
    before: asJson(before),
    after: asJson(after),
  };
  const known = pending.get(tx);
  if (known) known.push(record);
  else {
    pending.set(tx, [record]);
    beforeCommit(tx, "audit", () => writePending(tx));
  }
}

async function writePending(tx: Transaction): Promise<void> {
  const records = pending.get(tx) ?? [];
  pending.delete(tx);
  const head = await lockHead(tx);
  if (!head) throw new Error("audit_head is empty: the head of the audit chain was deleted from the database");
  const at = new Date(head.now);
  const next = chainRecords(
    head,
    records.map((record) => ({ ...record, at })),
  );
  // One statement: the lock is held for one way to the database less.
  const written = tx
    .$with("written")
    .as(tx.insert(auditRecords).values(next.records).returning({ id: auditRecords.id }));
  await tx.with(written).update(auditHead).set({ lastId: next.head.id, hash: next.head.hash });
}

/** How long a process may pause with the chain locked, in milliseconds; then the database ends its transaction. */
const pauseMs = 10_000;

/**
 * Takes the chain for the rest of a transaction, which has to end at once. One that hangs or was cut off is ended by the
 * database, so that it stops nobody's changes for long.
 */
export async function lockHead(tx: Transaction, idleMs = pauseMs) {
  const [head] = await tx
    .select({
      id: auditHead.lastId,
      hash: auditHead.hash,
      now: sql<string>`clock_timestamp()`,
      // For this transaction only, in the same statement: right behind pgbouncer, too.
      idle: sql`set_config('idle_in_transaction_session_timeout', ${`${idleMs}`}, true)`,
    })
    .from(auditHead)
    .for("update");
  return head;
}

/** As it will be read back: no undefined, dates as text. */
function asJson(fields: Fields): Fields {
  return fields === null ? null : JSON.parse(JSON.stringify(fields));
}
