import { auditRecords } from "#drizzle/schema/audit-records.ts";
import type { Transaction } from "../db/client.ts";
import type { Context } from "../identity/context.ts";

export type AuditEntry = {
  /** `credential.create`, `trigger.update`, `session.revoke` … */
  action: string;
  target: { kind: string; id: string | null; name: string | null };
  /** Summaries without secrets (what the stores return); of an update only the fields that differ are kept. */
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
};

/** Writes who did what, in the transaction of the change: no record, no change. */
export async function recordAudit(tx: Transaction, ctx: Context, entry: AuditEntry): Promise<void> {
  const { before, after } = keepDifferences(entry.before ?? null, entry.after ?? null);
  await tx.insert(auditRecords).values({
    actorKind: ctx.actor.kind,
    actorId: ctx.actor.id,
    actorName: ctx.actor.name,
    address: ctx.address,
    action: entry.action,
    targetKind: entry.target.kind,
    targetId: entry.target.id,
    targetName: entry.target.name,
    before,
    after,
  });
}

type Fields = Record<string, unknown> | null;

/** Of two summaries the fields that differ; one alone (create, delete) stays whole. */
export function keepDifferences(before: Fields, after: Fields): { before: Fields; after: Fields } {
  if (!before || !after) return { before, after };
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const pick = (from: Record<string, unknown>) => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
  return { before: pick(before), after: pick(after) };
}
