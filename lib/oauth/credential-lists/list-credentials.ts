import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { credentials, statusOrder } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import type { CredentialType } from "#lib/oauth/credentials/kinds.ts";
import type { AssignableCredential, CredentialSummary } from "#lib/oauth/credentials/model.ts";
import { type CredentialQuery, type CredentialSort, credentialQuery } from "#lib/oauth/credentials/schema.ts";
import { publicColumns, toSummary, usesOfRow } from "#lib/oauth/credentials/store.ts";
import { isVisible } from "#lib/oauth/credentials/visible.ts";
import { readSuccessors } from "#lib/oauth/rotation/read-successors.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { filterCredentials } from "./filters.ts";

/** What each order sorts by, as its index has it, and as text for the cursor. */
export const credentialOrders = {
  name: sql<string>`lower(${credentials.name})`,
  type: sql<string>`${credentials.type}`,
  status: statusOrder(credentials.status),
  tokenExpiresAt: sql<string | null>`${credentials.tokenExpiresAt}`,
  secretEndsAt: sql<string | null>`${credentials.secretEndsAt}`,
  lastCheckedAt: sql<string | null>`${credentials.lastCheckedAt}`,
  owner: sql<string>`lower(${credentials.owner})`,
} satisfies Record<CredentialSort, SQL>;

/**
 * Lists credentials, one page at a time, each with how many transports use it and what is staged for it.
 * @throws AppError `forbidden`, `invalid_input` for a cursor of another list.
 */
export async function listCredentials(ctx: Context, query: CredentialQuery = {}): Promise<Page<CredentialSummary>> {
  requirePermission(ctx, "credentials.read");
  const wanted = credentialQuery.parse(query);
  const direction = wanted.sort.startsWith("-") ? "desc" : "asc";
  const order = credentialOrders[wanted.sort.replace(/^-/, "") as CredentialSort];
  const { where, orderBy } = keyset(order, credentials.id, direction, wanted.cursor);
  const rows = await getDb()
    .select({ ...publicColumns, uses: usesOfRow, position: sql<string | null>`(${order})::text` })
    .from(credentials)
    .where(
      and(
        where,
        filterCredentials(wanted, new Date(), allowedNodes(ctx.grants, "credentials.read")),
        isVisible(ctx.grants),
      ),
    )
    .orderBy(...orderBy)
    .limit(wanted.limit + 1);
  const page = toPage(rows, wanted.limit, (row) => ({ value: row.position, id: row.id }));
  const successors = await readSuccessors(
    getDb(),
    page.items.map((row) => row.id),
  );
  const items = page.items.map((row) => ({
    ...toSummary(row),
    usedBy: row.uses,
    successor: successors.get(row.id) ?? null,
  }));
  return { ...page, items };
}

/** The owners that credentials have, for the filter, in alphabetical order, at most 200. */
export async function listCredentialOwners(ctx: Context): Promise<string[]> {
  requirePermission(ctx, "credentials.read");
  const rows = await getDb()
    .selectDistinctOn([sql`lower(${credentials.owner})`], { owner: credentials.owner })
    .from(credentials)
    .where(and(sql`${credentials.owner} <> ''`, isVisible(ctx.grants)))
    .orderBy(sql`lower(${credentials.owner})`)
    .limit(200);
  return rows.map((row) => row.owner);
}

/** The credentials that a transport may be given, by name, at most 1,000; for those who may assign but not see them. */
export async function listAssignableCredentials(
  ctx: Context,
  filter: { type?: CredentialType } = {},
): Promise<AssignableCredential[]> {
  requirePermission(ctx, "credentials.assign");
  const { id, name, type, status, statusReason, allowedHosts } = credentials;
  return getDb()
    .select({ id, name, type, status, statusReason, allowedHosts })
    .from(credentials)
    .where(filter.type && eq(credentials.type, filter.type))
    .orderBy(asc(sql`lower(${name})`), asc(id))
    .limit(1000);
}
