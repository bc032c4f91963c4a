import { type SQL, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import type { NewCredentialEvent } from "#lib/oauth/credentials/set-status.ts";
import { type Aad, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { batchQueries } from "#lib/platform/db/batch-queries.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { TokenSubject } from "../model.ts";
import type { TokenTimes } from "../times.ts";

const editedMeanwhile = "Thrown away, since the credential was changed meanwhile.";
const overtaken = "Thrown away, since another process had gone on meanwhile.";

/** A token that was just received, and what it says about its credential. */
export type Success = {
  subject: TokenSubject;
  leaseHolder: string;
  accessToken: string;
  /** What the token's envelope is bound to. */
  aad: Aad;
  times: TokenTimes;
  status: string;
  statusReason: string;
  checkedAt: Date;
  event: NewCredentialEvent & { at: Date; tokenExpiresAt: Date };
};

/**
 * Stores a token with the credential's status and a line in its event log, all or nothing, in one statement, which others that
 * succeed at the same time share: a worker renews tokens by the thousand, and each way to the database costs more than all the rest.
 *
 * The credential's row is locked first (edits lock it before its tokens, too), in just the version that the token is for:
 * an answer to an old configuration is never stored. Nor is one whose lease another process has taken over.
 * @returns the token's generation, null when it was not stored.
 */
export function storeSuccess({ subject, times, event, ...success }: Success): Promise<number | null> {
  const { id, version, scope } = subject;
  return store({
    id,
    version,
    scope,
    holder: success.leaseHolder,
    envelope: sealSecret(success.accessToken, success.aad),
    acquired_at: new Date(times.acquiredAt),
    expires_at: new Date(times.expiresAt),
    renew_at: new Date(times.renewAt),
    status: success.status,
    status_reason: success.statusReason,
    checked_at: success.checkedAt,
    event_id: v7(),
    at: event.at,
    kind: event.kind,
    cause: event.cause,
    duration_ms: Math.round(event.durationMs),
    description: event.description ?? null,
    proxy: event.proxy ?? "none",
    run_id: event.runId ?? null,
    event_expires_at: event.tokenExpiresAt,
  });
}

/** A success with the names of columns, as the statement reads it. */
type Given = {
  id: string;
  version: number;
  scope: string;
  holder: string;
  envelope: string;
  acquired_at: Date;
  expires_at: Date;
  renew_at: Date;
  status: string;
  status_reason: string;
  checked_at: Date;
  event_id: string;
  at: Date;
  kind: string;
  cause: string;
  duration_ms: number;
  description: string | null;
  proxy: string;
  run_id: string | null;
  event_expires_at: Date;
};

const store = batchQueries<Given, number | null>({
  keyOf: ({ id }) => id,
  work: async (given) => {
    const { rows } = await getDb().execute<{ id: string; generation: number }>(storeStatement(given));
    const generations = new Map(rows.map((row) => [row.id, row.generation]));
    return given.map(({ id }) => generations.get(id) ?? null);
  },
});

/**
 * Rows are locked in one order, so that processes never wait for each other in a circle. The limit tells the planner how few there
 * are, which it can't see in JSON: by their keys, then, and not by a look through the tables.
 */
function storeStatement(given: Given[]): SQL {
  return sql`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(given)}::json) as given(
        id uuid, version int, scope text, holder uuid, envelope text, acquired_at timestamptz, expires_at timestamptz,
        renew_at timestamptz, status text, status_reason text, checked_at timestamptz, event_id uuid, at timestamptz, kind text,
        cause text, duration_ms int, description text, proxy text, run_id uuid, event_expires_at timestamptz)
      limit ${given.length}),
    current as (
      select credential.id from ${credentials} credential join given on given.id = credential.id
      where credential.version = given.version and credential.enabled
      order by credential.id for no key update of credential),
    held as (
      select token.credential_id as id from ${tokens} token join given on given.id = token.credential_id
      where token.credential_id in (select id from current) and token.credential_version = given.version
        and token.scope = given.scope and token.lease_holder = given.holder
      order by token.credential_id for no key update of token),
    noted_status as (
      update ${credentials} credential set status = given.status, status_reason = given.status_reason, status_field = null,
        error_code = null, provider_code = null, last_checked_at = given.checked_at, next_check_at = given.renew_at,
        token_expires_at = given.expires_at, failing_since = null, unexplained_since = null, failures = 0,
        worked_version = given.version
      from given where credential.id = given.id and credential.id in (select id from current)),
    stored as (
      update ${tokens} token set access_token_envelope = given.envelope, generation = token.generation + 1,
        acquired_at = given.acquired_at, expires_at = given.expires_at, renew_at = given.renew_at,
        lease_holder = null, lease_until = null, retry_at = null, failure = null
      from given where token.credential_id = given.id and token.credential_version = given.version
        and token.scope = given.scope and given.id in (select id from held)
      returning token.credential_id as id, token.generation),
    cleared as (
      delete from ${tokens} token using given
      where token.credential_id = given.id and token.credential_version < given.version and given.id in (select id from held)),
    noted as (
      insert into ${credentialEvents}
        (id, credential_id, credential_version, at, kind, cause, outcome, duration_ms, description, proxy, run_id, token_expires_at)
      select event_id, id, version, at, kind, cause, 'succeeded', duration_ms,
        case when id not in (select id from current) then ${editedMeanwhile}
          when id not in (select id from held) then ${overtaken} else description end,
        proxy, run_id, event_expires_at
      from given where exists (select from ${credentials} alive where alive.id = given.id))
    select id, generation from stored`;
}
