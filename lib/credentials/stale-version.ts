import { and, asc, eq, sql } from "drizzle-orm";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import type { Transaction } from "../db/client.ts";
import { AppError } from "../errors.ts";
import type { CredentialDetail } from "./model.ts";

/**
 * The refusal of an edit that was made from an older version, with what changed since (from the audit log) and by whom.
 * @returns AppError `stale_version`; details `{current, changed: [field], changedBy: [name]}`.
 */
export async function staleVersion(tx: Transaction, current: CredentialDetail, version: number): Promise<AppError> {
  const records = await tx
    .select({ actorName: auditRecords.actorName, after: auditRecords.after })
    .from(auditRecords)
    .where(
      and(
        eq(auditRecords.targetKind, "credential"),
        eq(auditRecords.targetId, current.id),
        sql`(${auditRecords.after} ->> 'version')::int > ${version}`,
      ),
    )
    .orderBy(asc(auditRecords.id));
  const changed = new Set(records.flatMap(({ after }) => Object.keys(after ?? {})));
  changed.delete("version");
  const changedBy = [...new Set(records.map(({ actorName }) => actorName))];
  const who = changedBy.length > 0 ? changedBy.join(" and ") : "Someone else";
  return new AppError("stale_version", `${who} saved “${current.name}” after you opened it.`, {
    hint: "Look at what changed, then save again from the current version.",
    details: { current, changed: [...changed].sort(), changedBy },
  });
}
