import { sql } from "drizzle-orm";
import { v7 } from "uuid";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { tokenPlace } from "../credentials/carry-tokens.ts";
import type { NewCredentialEvent } from "../credentials/set-status.ts";
import { sealSecret } from "../crypto/envelope.ts";
import { getDb } from "../db/client.ts";
import type { TokenSubject } from "./model.ts";
import type { TokenTimes } from "./times.ts";

const editedMeanwhile = "Thrown away, since the credential was changed meanwhile.";
const overtaken = "Thrown away, since another process had gone on meanwhile.";

/** A token that was just received, and what it says about its credential. */
export type Success = {
  subject: TokenSubject;
  leaseHolder: string;
  accessToken: string;
  times: TokenTimes;
  status: string;
  statusReason: string;
  checkedAt: Date;
  event: NewCredentialEvent & { at: Date; tokenExpiresAt: Date };
};

/**
 * Stores a token with the credential's status and a line in its event log, all or nothing, in one statement: a worker
 * renews tokens by the thousand, and each way to the database costs more than all the rest.
 *
 * The credential's row is locked first (edits lock it before its tokens, too), in just the version that the token is for:
 * an answer to an old configuration is never stored. Nor is one whose lease another process has taken over.
 * @returns the token's generation, null when it was not stored.
 */
export async function storeSuccess(success: Success): Promise<number | null> {
  const { subject, times, event } = success;
  const { id, version, scope } = subject;
  const envelope = sealSecret(success.accessToken, tokenPlace(id, version, scope));
  const { rows } = await getDb().execute<{ generation: number | null }>(sql`
    with current as (
      update ${credentials} set status = ${success.status}, status_reason = ${success.statusReason}, status_field = null,
        error_code = null, provider_code = null, last_checked_at = ${success.checkedAt},
        next_check_at = ${new Date(times.renewAt)}, token_expires_at = ${new Date(times.expiresAt)},
        failing_since = null, unexplained_since = null, failures = 0, worked_version = ${version}
      where id = ${id} and version = ${version} and enabled
      returning id),
    stored as (
      update ${tokens} set access_token_envelope = ${envelope}, generation = generation + 1,
        acquired_at = ${new Date(times.acquiredAt)}, expires_at = ${new Date(times.expiresAt)},
        renew_at = ${new Date(times.renewAt)}, lease_holder = null, lease_until = null, retry_at = null, failure = null
      where exists (select from current) and credential_id = ${id} and credential_version = ${version}
        and scope = ${scope} and lease_holder = ${success.leaseHolder}
      returning generation),
    cleared as (
      delete from ${tokens} where exists (select from stored) and credential_id = ${id} and credential_version < ${version}),
    noted as (
      insert into ${credentialEvents}
        (id, credential_id, credential_version, at, kind, cause, outcome, duration_ms, description, proxy, run_id, token_expires_at)
      select ${v7()}, alive.id, ${version}, ${event.at}, ${event.kind}, ${event.cause}, 'succeeded',
        ${Math.round(event.durationMs)}, case when not exists (select from current) then ${editedMeanwhile}
          when not exists (select from stored) then ${overtaken} else ${event.description ?? null} end,
        ${event.proxy ?? "none"}, ${event.runId ?? null}::uuid, ${event.tokenExpiresAt}
      from ${credentials} alive where alive.id = ${id})
    select (select generation from stored) as generation`);
  return rows[0]?.generation ?? null;
}
