import { and, eq, sql } from "drizzle-orm";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import type { Transaction } from "../db/client.ts";
import { AppError } from "../errors.ts";

/**
 * `stale_version` for an edit made from an old version, naming the fields that others changed since then. They are read
 * from the audit log, whose records of an update hold the versions.
 * @param target kind and id as in the audit log.
 * @param version that the edit was made from.
 * @param current what is stored now, without secrets.
 */
export async function refuseStaleEdit(
  tx: Transaction,
  target: { kind: string; id: string },
  version: number,
  current: Record<string, unknown>,
): Promise<AppError> {
  const updates = await tx
    .select({ after: auditRecords.after })
    .from(auditRecords)
    .where(
      and(
        eq(auditRecords.targetKind, target.kind),
        eq(auditRecords.targetId, target.id),
        sql`(${auditRecords.before}->>'version')::int >= ${version}`,
      ),
    );
  const fields = updates.flatMap((update) => Object.keys(update.after ?? {}));
  const changed = [...new Set(fields)].filter((field) => field !== "version" && field !== "updatedAt").sort();
  return new AppError("stale_version", "This was changed since you opened it.", {
    hint: "Someone else saved meanwhile. Look at what is stored now, then make your change again.",
    details: { current, changed },
  });
}
