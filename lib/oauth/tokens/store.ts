import { and, eq, inArray, isNotNull, or, sql } from "drizzle-orm";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import type { SealedCredential } from "#lib/oauth/credentials/open-credential.ts";
import { type NamedCa, type NamedProxy, namedCaColumns, namedProxyColumns } from "#lib/oauth/network/named-route.ts";
import { tokenAad } from "#lib/platform/crypto/aad.ts";
import type { Binding } from "#lib/platform/crypto/binding.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { batchQueries } from "#lib/platform/db/batch-queries.ts";
import { type Database, getDb, getHeartbeatDb, type Transaction } from "#lib/platform/db/client.ts";
import { isAppError, notFound } from "#lib/platform/errors/app-error.ts";
import { tokenWaits } from "./limits.ts";
import type { StoredFailure, TokenSubject } from "./model.ts";
import type { TokenTimes } from "./times.ts";

/** One credential's token in the database; the key of the row, and the credential as it is configured now. */
export type TokenState = {
  subject: TokenSubject;
  /** The credential, for who asks the provider. It holds for as long as its version does. */
  sealed: SealedCredential;
  token: (TokenTimes & { envelope: string; generation: number }) | null;
  /** Renewals so far; outlives a dropped token. */
  generation: number;
  retryAt: number | null;
  failure: StoredFailure | null;
};

const leaseUntil = () => sql`now() + ${`${tokenWaits.leaseMs} milliseconds`}::interval`;

const keyOf = (subject: TokenSubject) =>
  and(
    eq(tokens.credentialId, subject.id),
    eq(tokens.credentialVersion, subject.version),
    eq(tokens.scope, subject.scope),
  );

/**
 * Reads the token of the version that is current now, whatever version the caller knew.
 * @throws AppError `not_found` when the credential was deleted.
 */
export async function loadTokenState(credentialId: string): Promise<TokenState> {
  const row = await findRow(credentialId);
  if (!row) throw notFound("credential", credentialId);
  const { credential, token, ...named } = row;
  const { id, name, version, scope, enabled, refreshIntervalSeconds } = credential;
  return {
    subject: { id, name, version, scope, enabled, refreshIntervalSeconds },
    sealed: { ...credential, ...named },
    token: token && readTimes(token),
    generation: token?.generation ?? 0,
    retryAt: token?.retryAt?.getTime() ?? null,
    failure: token?.failure ?? null,
  };
}

type StateRow = {
  credential: typeof credentials.$inferSelect;
  namedProxy: NamedProxy | null;
  namedCa: NamedCa | null;
  token: typeof tokens.$inferSelect | null;
};

const findRow = batchQueries<string, StateRow | undefined>({
  keyOf: (id) => id,
  work: async (ids) => {
    const rows = await getDb()
      .select({ credential: credentials, token: tokens, namedProxy: namedProxyColumns, namedCa: namedCaColumns })
      .from(credentials)
      .leftJoin(
        tokens,
        and(
          eq(tokens.credentialId, credentials.id),
          eq(tokens.credentialVersion, credentials.version),
          eq(tokens.scope, credentials.scope),
        ),
      )
      .leftJoin(proxies, eq(proxies.id, credentials.proxyId))
      .leftJoin(certificateAuthorities, eq(certificateAuthorities.id, credentials.trustedCaId))
      .where(inArray(credentials.id, ids));
    const found = new Map(rows.map((row) => [row.credential.id, row]));
    return ids.map((id) => found.get(id));
  },
});

function readTimes(row: typeof tokens.$inferSelect): TokenState["token"] {
  if (!row.accessTokenEnvelope || !row.acquiredAt || !row.expiresAt || !row.renewAt) return null;
  return {
    envelope: row.accessTokenEnvelope,
    generation: row.generation,
    acquiredAt: row.acquiredAt.getTime(),
    expiresAt: row.expiresAt.getTime(),
    renewAt: row.renewAt.getTime(),
  };
}

/** What the envelope of a credential's current token is bound to. */
export function currentTokenAad({ sealed }: Pick<TokenState, "sealed">): Binding {
  return tokenAad(sealed, { credentialVersion: sealed.version, scope: sealed.scope });
}

/** Opens a stored token; null if it can't be opened, so that a new one is requested. */
export function openToken(state: Pick<TokenState, "sealed">, envelope: string): string | null {
  try {
    return openSecret(envelope, currentTokenAad(state));
  } catch (err) {
    if (isAppError(err) && err.code === "secret_unreadable") return null;
    throw err;
  }
}

/** What the row says at the moment of taking its lease; if it differs from what was read before, somebody was faster. */
export type Lease = { generation: number; retryAt: number | null };

/**
 * Takes the lease that lets one process at a time ask the provider. By the database's clock, so that clocks of processes
 * don't matter; no connection is held meanwhile.
 * @returns null when another one has it, or the version is no longer current.
 */
export function takeLease({ id, version, scope }: TokenSubject, holder: string): Promise<Lease | null> {
  return lease({ id, version, scope, holder });
}

type Asked = { id: string; version: number; scope: string; holder: string };

const lease = batchQueries<Asked, Lease | null>({
  keyOf: ({ id }) => id,
  work: async (asked) => {
    const free = or(sql`${tokens.leaseUntil} is null`, sql`${tokens.leaseUntil} < now()`);
    // In one order, so that processes that want the same ones never wait for each other in a circle.
    const { rows } = await getDb().execute<{ id: string; generation: number; retry_at: string | Date | null }>(sql`
      insert into ${tokens} (credential_id, credential_version, scope, lease_holder, lease_until)
      select asked.id, asked.version, asked.scope, asked.holder, ${leaseUntil()}
      from (select * from json_to_recordset(${JSON.stringify(asked)}::json)
        as asked(id uuid, version int, scope text, holder uuid) limit ${asked.length}) as asked
      join ${credentials} on ${credentials.id} = asked.id and ${credentials.version} = asked.version
      order by asked.id
      on conflict (credential_id, credential_version, scope)
      do update set lease_holder = excluded.lease_holder, lease_until = excluded.lease_until where ${free}
      returning credential_id as id, ${tokens.generation}, ${tokens.retryAt}`);
    const taken = new Map(rows.map((row) => [row.id, row]));
    return asked.map(({ id }) => {
      const row = taken.get(id);
      return row
        ? { generation: row.generation, retryAt: row.retry_at ? new Date(row.retry_at).getTime() : null }
        : null;
    });
  },
});

/** Keeps the lease while a request is in flight. */
export async function extendLease(subject: TokenSubject, holder: string): Promise<void> {
  await getHeartbeatDb()
    .update(tokens)
    .set({ leaseUntil: leaseUntil() })
    .where(and(keyOf(subject), eq(tokens.leaseHolder, holder)));
}

/** Gives the lease back without an outcome. */
export async function releaseLease(subject: TokenSubject, holder: string): Promise<void> {
  await getDb()
    .update(tokens)
    .set({ leaseHolder: null, leaseUntil: null })
    .where(and(keyOf(subject), eq(tokens.leaseHolder, holder)));
}

/** Stores that asking failed, and until when nobody asks again; a token in hand stays. */
export async function storeFailure(
  tx: Transaction,
  subject: TokenSubject,
  holder: string,
  failure: StoredFailure,
  retryAt: number,
): Promise<void> {
  await tx
    .update(tokens)
    .set({ leaseHolder: null, leaseUntil: null, retryAt: new Date(retryAt), failure })
    .where(and(keyOf(subject), eq(tokens.leaseHolder, holder)));
}

/**
 * Forgets a token that a service refused, if it is still the one in the database; the count of generations stays.
 * @returns whether it was.
 */
export async function clearToken(subject: TokenSubject, generation: number): Promise<boolean> {
  const { rowCount } = await getDb()
    .update(tokens)
    .set({ accessTokenEnvelope: null, acquiredAt: null, expiresAt: null, renewAt: null })
    .where(and(keyOf(subject), eq(tokens.generation, generation), isNotNull(tokens.accessTokenEnvelope)));
  return rowCount === 1;
}

/** Deletes the tokens of versions that are no longer current, of disabled credentials, and those long expired. */
export async function deleteOldTokens(db: Database, now: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from ${tokens} using ${credentials}
    where ${credentials.id} = ${tokens.credentialId}
      and (${tokens.credentialVersion} < ${credentials.version} or not ${credentials.enabled}
        or ${tokens.scope} <> ${credentials.scope} or ${tokens.expiresAt} < ${new Date(now - 86_400_000)})
      and (${tokens.leaseUntil} is null or ${tokens.leaseUntil} < now())`);
  return rowCount ?? 0;
}
