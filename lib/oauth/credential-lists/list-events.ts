import { and, eq, getTableColumns } from "drizzle-orm";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { CredentialEvent } from "#lib/oauth/credentials/model.ts";
import { type CredentialEventQuery, credentialEventQuery } from "#lib/oauth/credentials/schema.ts";
import { readVisible } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";

const { details: _, ...columns } = getTableColumns(credentialEvents);

/**
 * Lists the event log of a credential, newest first.
 * @throws AppError `forbidden`, `not_found`
 */
export async function listCredentialEvents(
  ctx: Context,
  id: string,
  query: CredentialEventQuery = {},
): Promise<Page<CredentialEvent>> {
  await readVisible(getDb(), ctx, id);
  const { cursor, limit, outcome } = credentialEventQuery.parse(query);
  const { where, orderBy } = keyset(credentialEvents.id, credentialEvents.id, "desc", cursor);
  const rows = await getDb()
    .select(columns)
    .from(credentialEvents)
    .where(and(eq(credentialEvents.credentialId, id), where, outcome && eq(credentialEvents.outcome, outcome)))
    .orderBy(...orderBy)
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => ({ value: row.id, id: row.id }));
  return {
    ...page,
    items: page.items.map((row) => ({
      ...row,
      at: row.at.toISOString(),
      tokenExpiresAt: row.tokenExpiresAt?.toISOString() ?? null,
    })),
  };
}
