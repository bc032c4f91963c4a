import { randomUUID } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import type { Grant } from "#lib/access/permissions/permissions.ts";
import { endSession, isLive } from "#lib/access/sessions/sessions.ts";
import { withMutualTlsUrl } from "#lib/oauth/client-authentication/mutual-tls.ts";
import type { OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import { getProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import type { ReceivedUserTokens } from "#lib/oauth/tokens/model.ts";
import { refreshUserTokens } from "#lib/oauth/tokens/request-token.ts";
import { computeBackoff } from "#lib/oauth/tokens/times.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { getDb, getHeartbeatDb, inTransaction } from "#lib/platform/db/client.ts";
import { type AppError, isAppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { mapClaims } from "../claims.ts";
import type { SessionTokens } from "../model.ts";
import { createSignInRedaction, recordSignIn } from "../outcome/record-sign-in.ts";
import { toMappingSettings } from "../verifying/mapping-settings.ts";
import { isUnreadable, openProfile } from "../verifying/open-profile.ts";
import { verifyRenewal } from "../verifying/verify-sign-in.ts";
import { openSessionTokens, sealSessionTokens, toSessionTokens } from "./session-tokens.ts";

/**
 * How long the lease of a renewal holds without being extended: what others wait when its holder was killed. By the database's
 * clock, so that those of the processes don't matter.
 */
export const leaseMs = 3000;
export const renewalLeaseUntil = (ms = leaseMs) => sql`now() + ${`${ms} milliseconds`}::interval`;
/** Whether nobody has the renewal of a session. */
export const renewalIsFree = sql`(${sessions.renewLeaseUntil} is null or ${sessions.renewLeaseUntil} <= now())`;

/** RFC 6749 section 5.2 and OpenID Connect Core 1.0 section 3.1.2.6: answers that are about the person, not the client. */
const aboutPerson = new Set([
  "invalid_grant",
  "interaction_required",
  "login_required",
  "consent_required",
  "account_selection_required",
  "access_denied",
]);

/** A session that this process may renew. */
export type ClaimedSession = { id: string; holder: string };

export type Renewal =
  | { kind: "renewed"; tokens: SessionTokens }
  | { kind: "ended"; reason: string }
  /** The provider can't be asked for now; what is known stays. */
  | { kind: "failed"; error: AppError };

/** Takes the renewal of one session, unless another process has it or the session is over. */
export async function claimSession(id: string, now: Date): Promise<ClaimedSession | null> {
  const holder = randomUUID();
  const [taken] = await getDb()
    .update(sessions)
    .set({ renewLeaseUntil: renewalLeaseUntil(), renewLeaseHolder: holder })
    .where(and(eq(sessions.id, id), isLive(now), renewalIsFree))
    .returning({ id: sessions.id });
  return taken ? { id, holder } : null;
}

/** Gives the renewal back without an outcome. */
export async function releaseSession(claimed: ClaimedSession): Promise<void> {
  await getDb().update(sessions).set(released).where(isHolder(claimed));
}

const released = { renewLeaseUntil: null, renewLeaseHolder: null };

/** Keeps the lease while the provider is asked; returns what ends it. */
function holdLease(claimed: ClaimedSession): () => void {
  const timer = setInterval(() => {
    getHeartbeatDb()
      .update(sessions)
      .set({ renewLeaseUntil: renewalLeaseUntil() })
      .where(isHolder(claimed))
      .catch((err) => getLog().warn({ err, sessionId: claimed.id }, "the lease of a renewal was not extended"));
  }, leaseMs / 4);
  return () => clearInterval(timer);
}

/**
 * Asks the provider whether a person may still be here: renews the tokens, maps the roles anew. A refusal ends the session
 * with its reason; an outage doesn't, and is tried again later.
 * @param claimed by `claimSession`: only its holder writes.
 */
export async function renewSession(claimed: ClaimedSession, cause: string, clock: () => number): Promise<Renewal> {
  const letGo = holdLease(claimed);
  try {
    return await renewHeld(claimed, cause, clock);
  } finally {
    letGo();
  }
}

async function renewHeld(claimed: ClaimedSession, cause: string, clock: () => number): Promise<Renewal> {
  const session = await readSession(claimed.id, clock).catch((err) => {
    if (isUnreadable(err)) return err;
    throw err;
  });
  if (isAppError(session)) return await postpone(claimed, 1, session, clock);
  if (!session) return { kind: "ended", reason: "it has ended" };
  const startedAt = clock();
  const { credential } = session;
  const noted = { credential, cause: `${session.username}, ${cause}`, startedAt };
  const { accessToken, refreshToken, idToken } = session.tokens;
  const secrets = [credential.clientSecret, accessToken, refreshToken, idToken];
  try {
    const asked = await askProvider(session, credential, clock, (received) =>
      secrets.push(received.accessToken, received.refreshToken, received.idToken),
    );
    const { tokens, grants } = asked;
    const refusal = asked.refusal && createSignInRedaction(secrets)(asked.refusal);
    if (refusal) {
      await finish(noted, clock, refusal, { code: "roles_missing", providerCode: null, thrown: null });
      return await end(claimed, session, refusal, clock);
    }
    await keep(claimed, session, credential, tokens, grants, clock);
    await finish(noted, clock, "Renewed the session.", null);
    return { kind: "renewed", tokens };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (!error.expose) getLog().error({ err: thrown, sessionId: session.id }, "a session could not be renewed");
    const clean = createSignInRedaction(secrets);
    const description = clean([error.message, error.provider?.description].filter(Boolean).join(" "));
    const refused = { code: error.code, providerCode: error.provider?.code ?? null, thrown: error };
    await finish(noted, clock, description, refused);
    if (!isAboutPerson(error)) return await postpone(claimed, session.failures + 1, error, clock);
    return await end(claimed, session, `${credential.name} refused to renew it: ${clean(error.message)}`, clock);
  }
}

function isAboutPerson(error: AppError): boolean {
  if (error.code === "id_token_invalid") return true;
  return error.code === "token_request_refused" && aboutPerson.has(error.provider?.code ?? "");
}

type RenewedSession = {
  id: string;
  userId: string;
  username: string;
  identity: { issuer: string; subject: string };
  credential: OpenUserCredential;
  grants: Grant[];
  failures: number;
  tokens: SessionTokens;
};

async function readSession(id: string, clock: () => number): Promise<RenewedSession | null> {
  const [row] = await getDb()
    .select({ session: sessions, username: users.username, issuer: users.issuer, subject: users.subject })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, id));
  if (!row?.session.tokensEnvelope || !row.session.credentialId || !row.issuer || !row.subject) return null;
  const { credentialId } = row.session;
  const credential = await openProfile(credentialId, `${row.username}, renewal`, clock);
  return {
    id,
    userId: row.session.userId,
    username: row.username,
    identity: { issuer: row.issuer, subject: row.subject },
    credential,
    grants: row.session.grants ?? [],
    failures: row.session.renewFailures,
    tokens: openSessionTokens(id, credential.destination, row.session.tokensEnvelope),
  };
}

/** The requests and what they mean; no transaction is open. */
async function askProvider(
  session: RenewedSession,
  credential: OpenUserCredential,
  clock: () => number,
  onReceived: (received: ReceivedUserTokens) => void,
): Promise<{ tokens: SessionTokens; grants: Grant[]; refusal: string | null }> {
  const metadata = await getProviderMetadata(credential, clock);
  const received = await refreshUserTokens(
    withMutualTlsUrl(credential, metadata),
    session.tokens.refreshToken ?? "",
    clock,
  );
  onReceived(received);
  const tokens = toSessionTokens(received, session.tokens);
  const claims = await verifyRenewal(credential, metadata, received, session.identity, clock);
  if (claims === null) return { tokens, grants: session.grants, refusal: null };
  const mapped = mapClaims(claims, toMappingSettings(credential));
  if (mapped.ok) return { tokens, grants: mapped.grants, refusal: null };
  return { tokens, grants: [], refusal: `no role any more: ${mapped.refusal.message}` };
}

/** Whether the lease is still this process's; one that slept through it writes nothing. */
const isHolder = ({ id, holder }: ClaimedSession) =>
  and(eq(sessions.id, id), eq(sessions.renewLeaseHolder, holder), isNull(sessions.revokedAt));

async function keep(
  claimed: ClaimedSession,
  session: RenewedSession,
  credential: OpenUserCredential,
  tokens: SessionTokens,
  grants: Grant[],
  clock: () => number,
): Promise<void> {
  const nextRenewAt = new Date(clock() + credential.refreshIntervalSeconds * 1000);
  const tokensEnvelope = sealSessionTokens(session.id, credential.destination, tokens);
  await inTransaction(async (tx) => {
    const kept = await tx
      .update(sessions)
      .set({ tokensEnvelope, grants, nextRenewAt, renewFailures: 0, ...released })
      .where(isHolder(claimed))
      .returning({ id: sessions.id });
    if (kept.length === 0 || describeGrants(grants).join() === describeGrants(session.grants).join()) return;
    await tx.update(users).set({ mappedGrants: grants }).where(eq(users.id, session.userId));
    await recordAudit(tx, systemContext("session renewal"), {
      action: "session.update",
      target: { kind: "session", id: session.id, name: session.username },
      before: { roles: describeGrants(session.grants) },
      after: { roles: describeGrants(grants) },
    });
  });
}

const describeGrants = (grants: readonly Grant[]) =>
  grants.map(({ role, nodeId }) => (nodeId === null ? `${role}, all nodes` : `${role}, node ${nodeId}`)).sort();

async function end(
  { id }: ClaimedSession,
  session: RenewedSession,
  reason: string,
  clock: () => number,
): Promise<Renewal> {
  await inTransaction(async (tx) => {
    if (!(await endSession(tx, id, reason, new Date(clock())))) return;
    const target = { kind: "session", id, name: session.username };
    await recordAudit(tx, systemContext("session renewal"), { action: "session.revoke", target, after: { reason } });
  });
  return { kind: "ended", reason };
}

async function postpone(
  claimed: ClaimedSession,
  failures: number,
  error: AppError,
  clock: () => number,
): Promise<Renewal> {
  const retryAfterMs = typeof error.details.retryAfterMs === "number" ? error.details.retryAfterMs : null;
  const waitMs = computeBackoff("transient", failures, retryAfterMs, Math.random());
  await getDb()
    .update(sessions)
    .set({
      renewFailures: failures,
      ...released,
      // A session whose token was asked for by a run keeps its own rhythm.
      nextRenewAt: sql`case when ${sessions.nextRenewAt} is null then null else greatest(${sessions.nextRenewAt}, ${new Date(clock() + waitMs)}) end`,
    })
    .where(isHolder(claimed));
  return { kind: "failed", error };
}

type Noted = { credential: OpenUserCredential; cause: string; startedAt: number };
type Refused = Parameters<typeof recordSignIn>[0]["error"];

async function finish(noted: Noted, clock: () => number, description: string, error: Refused): Promise<void> {
  await recordSignIn({ ...noted, endedAt: clock(), description, error });
}
