import { and, asc, eq, sql } from "drizzle-orm";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/**
 * `stale_version` for an edit made from an old version, naming the fields that changed since then and who changed them, read from the audit log, whose records of an update hold the versions.
 * @param target kind and id as in the audit log.
 * @param version that the edit was made from.
 * @param current what is stored now, without secrets.
 */
export async function refuseStaleEdit(
  tx: Transaction,
  target: { kind: string; id: string },
  version: number,
  current: { name: string } & Record<string, unknown>,
): Promise<AppError> {
  const updates = await tx
    .select({ actorName: auditRecords.actorName, after: auditRecords.after })
    .from(auditRecords)
    .where(
      and(
        eq(auditRecords.targetKind, target.kind),
        eq(auditRecords.targetId, target.id),
        sql`(${auditRecords.before}->>'version')::int >= ${version}`,
      ),
    )
    .orderBy(asc(auditRecords.id));
  const fields = updates.flatMap((update) => Object.keys(update.after ?? {}));
  const changed = [...new Set(fields)].filter((field) => field !== "version" && field !== "updatedAt").sort();
  const changedBy = [...new Set(updates.map((update) => update.actorName))];
  const who = changedBy.length > 0 ? changedBy.join(" and ") : "Someone else";
  return new AppError("stale_version", `${who} saved “${current.name}” after you opened it.`, {
    hint: "Look at what changed, then save again from the current version.",
    details: { current, changed, changedBy },
  });
}
