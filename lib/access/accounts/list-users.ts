import { and, eq, exists, or, type SQL, sql } from "drizzle-orm";
import type { z } from "zod";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import type { UserDetail, UserSummary } from "./definition.ts";
import { type UserQuery, userQuery } from "./schema.ts";
import { findUser, toUserDetail, toUserSummary, userColumns } from "./user-store.ts";

const orders = {
  username: sql<string>`lower(${users.username})`,
  displayName: sql<string>`lower(${users.displayName})`,
  lastSignInAt: sql<string | null>`${users.lastSignInAt}`,
  createdAt: sql<string>`${users.createdAt}`,
} satisfies Record<string, SQL>;

/**
 * Lists users, one page at a time.
 * @throws AppError `forbidden`, `invalid_input` for a cursor of another list.
 */
export async function listUsers(ctx: Context, query: UserQuery = {}): Promise<Page<UserSummary>> {
  requirePermission(ctx, "users.read");
  const wanted = userQuery.parse(query);
  const order = orders[wanted.sort.replace(/^-/, "") as keyof typeof orders];
  const { where, orderBy } = keyset(order, users.id, wanted.sort.startsWith("-") ? "desc" : "asc", wanted.cursor);
  const rows = await getDb()
    .select({ ...userColumns, position: sql<string | null>`(${order})::text` })
    .from(users)
    .where(and(where, ...filters(wanted)))
    .orderBy(...orderBy)
    .limit(wanted.limit + 1);
  const page = toPage(rows, wanted.limit, (row) => ({ value: row.position, id: row.id }));
  return { ...page, items: page.items.map(toUserSummary) };
}

function filters({ q, role, status }: z.output<typeof userQuery>): (SQL | undefined)[] {
  const holders = (wanted: typeof role) =>
    getDb()
      .select({ one: sql`1` })
      .from(userRoles)
      .where(and(eq(userRoles.userId, users.id), wanted && eq(userRoles.role, wanted)));
  return [
    q ? or(containsText(users.username, q), containsText(users.displayName, q)) : undefined,
    role && exists(holders(role)),
    status && eq(users.disabled, status === "disabled"),
  ];
}

/**
 * One user.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getUser(ctx: Context, id: string): Promise<UserDetail> {
  requirePermission(ctx, "users.read");
  const row = await findUser(getDb(), id);
  if (!row) throw notFound("user", id);
  return toUserDetail(getDb(), row);
}
