import { and, asc, eq, sql } from "drizzle-orm";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import type { Transaction } from "../db/client.ts";

/**
 * What changed on a thing after a version, and by whom, from the audit log: for the refusal of a stale edit. The records'
 * `after` must hold the version.
 */
export async function listChangesSince(
  tx: Transaction,
  target: { kind: string; id: string },
  version: number,
): Promise<{ changed: string[]; changedBy: string[] }> {
  const records = await tx
    .select({ actorName: auditRecords.actorName, after: auditRecords.after })
    .from(auditRecords)
    .where(
      and(
        eq(auditRecords.targetKind, target.kind),
        eq(auditRecords.targetId, target.id),
        sql`(${auditRecords.after} ->> 'version')::int > ${version}`,
      ),
    )
    .orderBy(asc(auditRecords.id));
  const fields = new Set(records.flatMap(({ after }) => Object.keys(after ?? {})));
  fields.delete("version");
  return { changed: [...fields], changedBy: [...new Set(records.map(({ actorName }) => actorName))] };
}
