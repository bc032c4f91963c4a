import { and, asc, eq, gte, isNotNull, type SQL, sql } from "drizzle-orm";
import { credentialStates } from "#drizzle/schema/credential-states.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { endsAsWanted as certificateEndsAsWanted } from "#lib/delivery/transports/certificate-ends.ts";
import { type CertificateEndFilter, certificateEndFilters } from "#lib/delivery/transports/model.ts";
import { endsAsWanted, filterCredentials } from "#lib/oauth/credential-lists/filters.ts";
import { type CredentialStatus, credentialStatuses } from "#lib/oauth/credentials/kinds.ts";
import { type SecretEndFilter, secretEndFilters } from "#lib/oauth/credentials/schema.ts";
import { readSuccessors } from "#lib/oauth/rotation/read-successors.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { CredentialBlock, EndingBlock, IdleBlock, Scope } from "./model.ts";
import { isInScope, isOfScope } from "./scope.ts";

const shown = 8;

/** Credentials of a status and, of those, with a reason. */
type StateRow = {
  status: CredentialStatus;
  reason: string;
  count: number;
  place: number;
  example: string | null;
  used: number;
};

/** Credentials by status, what is wrong with those that need something, and those that nothing uses or nobody owns. */
export async function readCredentials(
  scope: Scope,
  now: Date,
): Promise<{ credentials: CredentialBlock; idle: IdleBlock }> {
  const { nodeId } = scope;
  const { credentialId, hasOwner } = credentialStates;
  const [states, ownerless, unusedThere] = await Promise.all([
    readStates(scope),
    getDb().$count(credentialStates, and(sql`not ${hasOwner}`, isOfScope(scope, credentialId))),
    nodeId === null ? null : getDb().$count(credentials, filterCredentials({ nodeId, used: "false" }, now)),
  ]);
  const countOf = (status: string) => states.reduce((sum, row) => sum + (row.status === status ? row.count : 0), 0);
  const byStatus = credentialStatuses.map((status) => ({ status, count: countOf(status) }));
  const total = byStatus.reduce((sum, row) => sum + row.count, 0);
  return {
    credentials: {
      total,
      byStatus,
      reasons: states.flatMap(({ status, reason, count, example }) =>
        example === null ? [] : [{ status, reason, example, count }],
      ),
    },
    idle: { unused: unusedThere ?? total - (states[0]?.used ?? 0), ownerless },
  };
}

/**
 * Counts by status and reason, the most frequent first; of those shown with what the portal says of the oldest credential. And
 * everywhere how many credentials transports name, all of which exist: all less these are unused, which is quicker than to look
 * for each among the transports. In one statement, so that one number does not know of a credential that the other does not.
 */
async function readStates(scope: Scope): Promise<StateRow[]> {
  const { credentialId, status, reason } = credentialStates;
  const used =
    scope.nodeId === null ? sql`(select count(distinct used.credential_id)::int from ${transports} used)` : sql`0`;
  const { rows } = await getDb().execute<StateRow>(sql`
    select counted.*, case when is_wrong and place <= ${shown} then (
        select c.status_reason from ${credentialStates} join ${credentials} c on c.id = ${credentialId}
        where ${status} = counted.status and ${reason} = counted.reason and ${isOfScope(scope, credentialId)}
        order by ${credentialId} limit 1
      ) end as example,
      ${used} as used
    from (
      select *, row_number() over (partition by is_wrong order by count desc, status, reason)::int as place from (
        select status, reason, status in ('action_needed', 'degraded') as is_wrong, count(*)::int as count
        from ${credentialStates} where ${isOfScope(scope, credentialId)} group by status, reason) grouped
    ) counted order by place`);
  return rows;
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
    countCredentialEnds(scope, now),
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
          isOfScope(scope, credentials.id),
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
  ]
    .sort((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt))
    .slice(0, shown);
  const successors = await readSuccessors(
    getDb(),
    all.filter(({ kind }) => kind === "credential").map(({ id }) => id),
  );
  const withSuccessors = all.map((row) => ({ ...row, successor: successors.get(row.id) ?? null }));
  return { counts, transports: ofTransports, next: withSuccessors };
}

/** Credentials by the days that are left: one look at the index of ends for each. */
async function countCredentialEnds(scope: Scope, now: Date): Promise<EndingBlock["counts"]> {
  const { credentialId, secretEndsAt } = credentialStates;
  const counts = secretEndFilters.map((within) => {
    const where = and(endsAsWanted(secretEndsAt, within, now), isOfScope(scope, credentialId));
    return sql`(select count(*)::int from ${credentialStates} where ${where}) as ${sql.identifier(within)}`;
  });
  const { rows } = await getDb().execute<Record<SecretEndFilter, number>>(sql`select ${sql.join(counts, sql`, `)}`);
  return secretEndFilters.map((within) => ({ within, count: rows[0]![within] }));
}

/** Transports by the days that their certificates have left: one look at those that have any. */
async function countTransportEnds(scope: Scope, now: Date): Promise<EndingBlock["transports"]> {
  const columns = certificateEndFilters.map(
    (within) => [within, sql<number>`(count(*) filter (where ${certificateEndsAsWanted(within, now)}))::int`] as const,
  );
  const [row] = await getDb()
    .select(Object.fromEntries(columns) as Record<CertificateEndFilter, SQL<number>>)
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .where(and(isNotNull(transports.certificateEndsAt), isInScope(sql`${nodes.path}`, scope)));
  return certificateEndFilters.map((within) => ({ within, count: row?.[within] ?? 0 }));
}
