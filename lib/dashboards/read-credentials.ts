import { and, asc, count, desc, eq, gte, isNotNull, type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { filterCredentials, reasonOfStatus } from "../credentials/filters.ts";
import { credentialStatuses } from "../credentials/model.ts";
import { secretEndFilters } from "../credentials/schema.ts";
import { getDb } from "../db/client.ts";
import { endsAsWanted } from "../transports/certificate-ends.ts";
import { type CertificateEndFilter, certificateEndFilters } from "../transports/model.ts";
import type { CredentialBlock, EndingBlock, IdleBlock, Scope } from "./model.ts";
import { isInScope } from "./scope.ts";

const shown = 8;

/** The filter of the list of credentials that shows the scope's. */
const inScope = ({ nodeId }: Scope) => ({ nodeId: nodeId ?? undefined });

/**
 * How many credentials transports name, all of which exist. All less these are unused: quicker than to look for each among the
 * transports, and read with the statuses, so that one does not know of a credential that the other does not.
 */
const usedAnywhere = sql<number>`(select count(distinct ${transports}.credential_id)::int from ${transports})`;

/** Credentials by status, what is wrong with those that need something, and those that nothing uses or nobody owns. */
export async function readCredentials(
  scope: Scope,
  now: Date,
): Promise<{ credentials: CredentialBlock; idle: IdleBlock }> {
  const where = filterCredentials(inScope(scope), now);
  const countOnly = (filter: Parameters<typeof filterCredentials>[0]) =>
    getDb().$count(credentials, filterCredentials({ ...inScope(scope), ...filter }, now));
  const used = scope.nodeId === null ? usedAnywhere : sql<number>`0`;
  const [statuses, reasons, ownerless, unusedThere] = await Promise.all([
    getDb()
      .select({ status: credentials.status, count: count(), used })
      .from(credentials)
      .where(where)
      .groupBy(credentials.status),
    getDb()
      .select({
        status: credentials.status,
        reason: reasonOfStatus,
        example: sql<string>`min(${credentials.statusReason} collate "C")`,
        count: count(),
      })
      .from(credentials)
      .where(and(where, sql`${credentials.status} in ('action_needed', 'degraded')`))
      .groupBy(credentials.status, reasonOfStatus)
      .orderBy(desc(count()))
      .limit(shown),
    countOnly({ ownerless: "true" }),
    scope.nodeId === null ? null : countOnly({ used: "false" }),
  ]);
  const countOf = (status: string) => statuses.find((row) => row.status === status)?.count ?? 0;
  const total = statuses.reduce((sum, row) => sum + row.count, 0);
  return {
    credentials: { total, byStatus: credentialStatuses.map((status) => ({ status, count: countOf(status) })), reasons },
    idle: { unused: unusedThere ?? total - (statuses[0]?.used ?? 0), ownerless },
  };
}

/** Secrets and certificates by the days that are left, of credentials and transports. */
export async function readEndings(scope: Scope, now: Date): Promise<EndingBlock> {
  const [ofTransports, nextTransports, counts, next] = await Promise.all([
    countTransportEnds(scope, now),
    getDb()
      .select({
        id: transports.id,
        name: transports.name,
        owner: sql<string>`coalesce(${credentials.owner}, '')`,
        endsAt: transports.certificateEndsAt,
      })
      .from(transports)
      .innerJoin(nodes, eq(nodes.id, transports.nodeId))
      .leftJoin(credentials, eq(credentials.id, transports.credentialId))
      .where(and(isNotNull(transports.certificateEndsAt), isInScope(sql`${nodes.path}`, scope)))
      .orderBy(asc(transports.certificateEndsAt), asc(transports.id))
      .limit(shown),
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
  const all = [
    ...next.map((row) => ({ kind: "credential" as const, ...row, endsAt: row.endsAt!.toISOString() })),
    ...nextTransports.map((row) => ({ kind: "transport" as const, ...row, endsAt: row.endsAt!.toISOString() })),
  ].sort((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
  return { counts, transports: ofTransports, next: all.slice(0, shown) };
}

/** Transports by the days that their certificates have left: one look at those that have any. */
async function countTransportEnds(scope: Scope, now: Date): Promise<EndingBlock["transports"]> {
  const columns = certificateEndFilters.map(
    (within) => [within, sql<number>`(count(*) filter (where ${endsAsWanted(within, now)}))::int`] as const,
  );
  const [row] = await getDb()
    .select(Object.fromEntries(columns) as Record<CertificateEndFilter, SQL<number>>)
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .where(and(isNotNull(transports.certificateEndsAt), isInScope(sql`${nodes.path}`, scope)));
  return certificateEndFilters.map((within) => ({ within, count: row?.[within] ?? 0 }));
}
