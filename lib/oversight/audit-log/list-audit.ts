import { and, desc, eq, gte, lt, or, type SQL, sql } from "drizzle-orm";
import type { z } from "zod";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import type { Page } from "#lib/platform/db/keyset.ts";
import { type AuditQuery, auditQuery } from "./schema.ts";

export type AuditRecord = {
  id: string;
  at: string;
  actor: { kind: "user" | "api_key" | "system"; id: string | null; name: string };
  address: string | null;
  action: string;
  target: { kind: string; id: string | null; name: string | null };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/**
 * Lists audit records, newest first, one page at a time.
 * @throws AppError `forbidden`
 */
export async function listAudit(ctx: Context, query: AuditQuery = {}): Promise<Page<AuditRecord>> {
  requirePermission(ctx, "audit.read");
  const wanted = auditQuery.parse(query);
  const rows = await getDb()
    .select()
    .from(auditRecords)
    .where(and(...filters(wanted)))
    .orderBy(desc(auditRecords.id))
    .limit(wanted.limit + 1);
  const items = rows.slice(0, wanted.limit).map(toRecord);
  return { items, nextCursor: rows.length > wanted.limit ? (items.at(-1)?.id ?? null) : null };
}

function filters(wanted: z.output<typeof auditQuery>): (SQL | undefined)[] {
  const { q, actor, action, targetKind, targetId, from, to, cursor } = wanted;
  return [
    cursor === undefined ? undefined : lt(auditRecords.id, Number(cursor)),
    actor === undefined ? undefined : sql`lower(${auditRecords.actorName}) = lower(${actor})`,
    action === undefined ? undefined : eq(auditRecords.action, action),
    targetKind === undefined ? undefined : eq(auditRecords.targetKind, targetKind),
    targetId === undefined ? undefined : eq(auditRecords.targetId, targetId),
    from === undefined ? undefined : gte(auditRecords.at, new Date(from)),
    to === undefined ? undefined : lt(auditRecords.at, new Date(to)),
    q === undefined || q === ""
      ? undefined
      : or(
          containsText(auditRecords.targetName, q),
          containsText(auditRecords.actorName, q),
          containsText(auditRecords.address, q),
          eq(auditRecords.targetId, q),
        ),
  ];
}

function toRecord(row: typeof auditRecords.$inferSelect): AuditRecord {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
    address: row.address,
    action: row.action,
    target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
    before: row.before ?? null,
    after: row.after ?? null,
  };
}

/** The actions that occur in the log, in alphabetical order, for the filter. Skips through the index, however long the log. */
export async function listAuditActions(ctx: Context): Promise<string[]> {
  requirePermission(ctx, "audit.read");
  const { rows } = await getDb().execute<{ action: string }>(sql`
    with recursive found as (
      (select action from ${auditRecords} order by action limit 1)
      union all
      select (select action from ${auditRecords} where action > found.action order by action limit 1)
      from found where found.action is not null
    )
    select action from found where action is not null`);
  return rows.map((row) => row.action);
}
