import { and, asc, count, desc, gte, isNotNull, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { filterCredentials, reasonOfStatus } from "../credentials/filters.ts";
import { credentialStatuses } from "../credentials/model.ts";
import { secretEndFilters } from "../credentials/schema.ts";
import { getDb } from "../db/client.ts";
import type { CredentialBlock, EndingBlock, IdleBlock, Scope } from "./model.ts";

const shown = 8;

/** The filter of the list of credentials that shows the scope's. */
const inScope = ({ nodeId }: Scope) => ({ nodeId: nodeId ?? undefined });

/** Credentials by status, and what is wrong with those that need something. */
export async function readCredentials(scope: Scope, now: Date): Promise<CredentialBlock> {
  const where = filterCredentials(inScope(scope), now);
  const [statuses, reasons] = await Promise.all([
    getDb()
      .select({ status: credentials.status, count: count() })
      .from(credentials)
      .where(where)
      .groupBy(credentials.status),
    getDb()
      .select({
        status: credentials.status,
        reason: reasonOfStatus,
        example: sql<string>`min(${credentials.statusReason})`,
        count: count(),
      })
      .from(credentials)
      .where(and(where, sql`${credentials.status} in ('action_needed', 'degraded')`))
      .groupBy(credentials.status, reasonOfStatus)
      .orderBy(desc(count()))
      .limit(shown),
  ]);
  const countOf = (status: string) => statuses.find((row) => row.status === status)?.count ?? 0;
  return {
    total: statuses.reduce((sum, row) => sum + row.count, 0),
    byStatus: credentialStatuses.map((status) => ({ status, count: countOf(status) })),
    reasons,
  };
}

/** Secrets and certificates by the days that are left. */
export async function readEndings(scope: Scope, now: Date): Promise<EndingBlock> {
  const [counts, next] = await Promise.all([
    Promise.all(
      secretEndFilters.map(async (within) => {
        const where = filterCredentials({ ...inScope(scope), secretEnds: within }, now);
        return { within, count: await getDb().$count(credentials, where) };
      }),
    ),
    getDb()
      .select({
        id: credentials.id,
        name: credentials.name,
        owner: credentials.owner,
        endsAt: credentials.secretEndsAt,
      })
      .from(credentials)
      .where(
        and(
          filterCredentials(inScope(scope), now),
          isNotNull(credentials.secretEndsAt),
          gte(credentials.secretEndsAt, new Date(0)),
        ),
      )
      .orderBy(asc(credentials.secretEndsAt), asc(credentials.id))
      .limit(shown),
  ]);
  return { counts, next: next.map((row) => ({ ...row, endsAt: row.endsAt!.toISOString() })) };
}

/** Credentials that nothing uses, and those that nobody owns. */
export async function readIdle(scope: Scope, now: Date): Promise<IdleBlock> {
  const of = (filter: Parameters<typeof filterCredentials>[0]) =>
    getDb().$count(credentials, filterCredentials({ ...inScope(scope), ...filter }, now));
  const [unused, ownerless] = await Promise.all([of({ used: "false" }), of({ ownerless: "true" })]);
  return { unused, ownerless };
}
