import { and, count, eq, getTableColumns, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { nodes } from "#drizzle/schema/nodes.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Grant } from "#lib/access/permissions/permissions.ts";
import { findSecondFactor } from "#lib/access/second-factor/verify-second-factor.ts";
import { isLive } from "#lib/access/sessions/sessions.ts";
import type { Database, Transaction } from "#lib/platform/db/client.ts";
import { pickFields, readRow } from "#lib/platform/definitions/rows.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import {
  type RoleDetail,
  type UserDetail,
  type UserSummary,
  userDetail,
  userFields,
  userSummary,
} from "./definition.ts";

const { passwordHash: _hash, subject: _subject, mappedGrants: _mapped, ...openColumns } = getTableColumns(users);

/**
 * The roles of the user of the same row of an outer query, with their nodes' names: a local account's own, or what the last
 * sign-in of an external identity was granted. Plain names: Drizzle leaves tables out
 * of the columns that a query on one table selects.
 */
const rolesOfRow = sql<RoleDetail[]>`coalesce((
  select json_agg(json_build_object('role', r.role, 'nodeId', r.node_id, 'nodeName', n.name) order by r.role, n.name)
  from (
    select role, node_id from user_roles where user_id = users.id and users.issuer is null
    union all
    select g.value->>'role', (g.value->>'nodeId')::uuid from jsonb_array_elements(users.mapped_grants) g
  ) r left join nodes n on n.id = r.node_id), '[]')`;

/** What stands for a user outside this folder: everything but the password's hash. */
export const userColumns = { ...openColumns, roles: rolesOfRow };

export type UserRow = Omit<typeof users.$inferSelect, "passwordHash" | "subject" | "mappedGrants"> & {
  roles: RoleDetail[];
};

/** Reads one user; with `lock` the row stays locked until the end of the transaction. Null when there is none. */
export async function findUser(db: Database | Transaction, id: string, lock = false): Promise<UserRow | null> {
  if (!isUuid(id)) return null;
  if (lock) await db.select({ id: users.id }).from(users).where(eq(users.id, id)).for("update");
  const [row] = await db.select(userColumns).from(users).where(eq(users.id, id));
  return row ?? null;
}

export function toUserSummary(row: UserRow): UserSummary {
  return readRow(userSummary, { ...row, source: sourceOf(row) });
}

/** `local` (has a password here) or the issuer of an external identity. */
const sourceOf = ({ issuer }: UserRow) => issuer ?? "local";

/** A row as the detail that pages and the API show. */
export async function toUserDetail(db: Database | Transaction, row: UserRow): Promise<UserDetail> {
  const [live] = await db
    .select({ sessions: count() })
    .from(sessions)
    .where(and(eq(sessions.userId, row.id), isLive(new Date())));
  const secondFactor = await findSecondFactor(db, row.id);
  return readRow(userDetail, { ...row, source: sourceOf(row), activeSessions: live?.sessions ?? 0, secondFactor });
}

/** How the audit log has a user: roles in words, no password. */
export function toUserAudit(row: UserRow): Record<string, unknown> {
  return { ...pickFields(userFields, row), roles: row.roles.map(nameRole), version: row.version };
}

function nameRole({ role, nodeId, nodeName }: RoleDetail): string {
  return nodeId === null ? `${role}, all nodes` : `${role}, ${nodeName} (${nodeId})`;
}

/**
 * Replaces a user's roles.
 * @throws AppError `invalid_input` naming the role whose node doesn't exist.
 */
export async function replaceRoles(tx: Transaction, userId: string, grants: Grant[]): Promise<void> {
  await requireNodes(
    tx,
    grants.map(({ nodeId }, index) => ({ field: `roles.${index}.nodeId`, nodeId })),
  );
  await tx.delete(userRoles).where(eq(userRoles.userId, userId));
  if (grants.length > 0) await tx.insert(userRoles).values(grants.map((grant) => ({ userId, ...grant })));
}

/** Refuses nodes that don't exist, at their fields; those that do stay until the transaction ends. */
export async function requireNodes(tx: Transaction, uses: { field: string; nodeId: string | null }[]): Promise<void> {
  for (const { field, nodeId } of uses) {
    if (nodeId === null) continue;
    const [node] = await tx.select({ id: nodes.id }).from(nodes).where(eq(nodes.id, nodeId)).for("key share");
    if (!node) throw invalidInput([{ field, message: "There is no such node; it may have been deleted." }]);
  }
}
