import { and, desc, eq, getTableColumns, gte, inArray, lt, sql } from "drizzle-orm";
import { validate as isUuid, NIL } from "uuid";
import { z } from "zod";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentialTexts } from "#drizzle/schema/credential-texts.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import type { CredentialEvent } from "#lib/oauth/credentials/model.ts";
import { isAtNodes, isVisible } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { lowestIdAt } from "#lib/platform/db/uuid-time.ts";

const instant = z.iso.datetime({ offset: true, error: "Enter a time as in 2026-05-01T08:00:00Z." });

/** Filters of the events of all credentials. `token` stands for checks and token requests. `since` is inclusive, `until` is not. */
export const allEventQuery = z.object({
  /** The reference of a refused sign-in, which is the event's ID. */
  q: z.string().trim().max(100).optional(),
  kind: z.enum(["token", "sign_in"]).optional(),
  outcome: z.enum(["succeeded", "failed"]).optional(),
  host: z.string().max(300).optional(),
  reason: z.string().max(200).optional(),
  credentialId: z.uuid().optional(),
  nodeId: z.uuid().optional(),
  since: instant.optional(),
  until: instant.optional(),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type AllEventQuery = z.input<typeof allEventQuery>;

export type NamedEvent = CredentialEvent & { credentialName: string | null };

const { details: _, ...columns } = getTableColumns(credentialEvents);

/**
 * Token requests, checks and sign-ins of all credentials, newest first: what the dashboard counts.
 * @throws AppError `forbidden`
 */
export async function listAllEvents(ctx: Context, input: AllEventQuery = {}): Promise<Page<NamedEvent>> {
  requirePermission(ctx, "credentials.read");
  const query = allEventQuery.parse(input);
  const { id, kind, outcome, credentialId } = credentialEvents;
  const select = getDb()
    .select({ ...columns, credentialName: credentials.name })
    .from(credentialEvents)
    .leftJoin(credentials, eq(credentials.id, credentialId))
    .$dynamic();
  if (query.host) {
    const { credentialId: ofText, host } = credentialTexts;
    select.innerJoin(credentialTexts, and(eq(ofText, credentialId), eq(host, query.host)));
  }
  const rows = await select
    .where(
      and(
        query.q ? eq(id, isUuid(query.q) ? query.q : NIL) : undefined,
        query.kind === "sign_in"
          ? eq(kind, "sign_in")
          : inArray(kind, query.kind ? ["check", "token_request"] : ["check", "token_request", "sign_in"]),
        // As it stands in the index of failures.
        query.outcome === "failed" ? sql`${outcome} = 'failed'` : query.outcome && eq(outcome, query.outcome),
        query.reason
          ? sql`coalesce(${credentialEvents.providerCode}, ${credentialEvents.errorCode}, '') = ${query.reason}`
          : undefined,
        query.credentialId ? eq(credentialId, query.credentialId) : undefined,
        query.nodeId
          ? isAtNodes([query.nodeId], allowedNodes(ctx.grants, "credentials.read"), credentialId)
          : undefined,
        isVisible(ctx.grants, credentialId),
        query.since ? gte(id, lowestIdAt(Date.parse(query.since))) : undefined,
        query.until ? lt(id, lowestIdAt(Date.parse(query.until))) : undefined,
        keyset(id, id, "desc", query.cursor).where,
      ),
    )
    .orderBy(desc(id))
    .limit(query.limit + 1);
  const page = toPage(rows, query.limit, (row) => ({ value: row.id, id: row.id }));
  return {
    ...page,
    items: page.items.map((row) => ({
      ...row,
      at: row.at.toISOString(),
      tokenExpiresAt: row.tokenExpiresAt?.toISOString() ?? null,
    })),
  };
}
