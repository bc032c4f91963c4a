import { setTimeout as wait } from "node:timers/promises";
import { and, eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import { isLive } from "#lib/access/sessions/sessions.ts";
import type { TokenReach } from "#lib/oauth/credentials/allowed-hosts.ts";
import { readReach } from "#lib/oauth/credentials/token-reach.ts";
import type { IssuedToken, TokenSubject } from "#lib/oauth/tokens/model.ts";
import type { Actor } from "#lib/platform/audit/actor.ts";
import { createSingleFlight } from "#lib/platform/background/single-flight.ts";
import { hashCredentialDestination } from "#lib/platform/crypto/aad.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { SessionTokens } from "./model.ts";
import { type ClaimedSession, claimSession, releaseSession, renewSession } from "./renewing/renew-session.ts";
import { openSessionTokens } from "./renewing/session-tokens.ts";

/** A token with less left than this is renewed first; while the provider can't be asked it is sent all the same. */
const marginMs = 60_000;
/** How often a process looks whether another one has finished the renewal that it waits for. */
const lookMs = 100;
/** Waiting for another process ends after this. */
const maxWaitMs = 60_000;

/** A person's own token, for a run that they started. */
export type PersonToken = IssuedToken & { user: { id: string; name: string; sessionId: string } };

/**
 * The token of the person who acts, from the session that was made with this credential; renewed when it runs out, once
 * over all processes.
 * @throws AppError `profile_sign_in_required` for everybody else, `credential_disabled`, and what a renewal throws when no
 *   valid token is left.
 */
export async function getPersonToken(
  actor: Actor,
  subject: TokenSubject,
  clock: () => number = Date.now,
): Promise<PersonToken> {
  if (!subject.enabled) {
    throw new AppError("credential_disabled", `The credential ${subject.name} is disabled.`, {
      hint: "Ask an admin to enable it.",
    });
  }
  const before = await readToken(actor, subject, clock);
  const left = before.tokens.accessTokenExpiresAt - clock();
  if (left > marginMs) return toIssued(before, subject, "cache");
  if (before.tokens.refreshToken === null && left > 0) return toIssued(before, subject, "cache");
  if (before.tokens.refreshToken === null) throw runOut(subject);
  const failure = await renewOnce(before.sessionId, before.tokens.accessToken, clock);
  const after = await readToken(actor, subject, clock);
  const isNew = after.tokens.accessToken !== before.tokens.accessToken;
  if (after.tokens.accessTokenExpiresAt > clock()) return toIssued(after, subject, isNew ? "refreshed" : "cache");
  throw failure ?? runOut(subject);
}

/**
 * Says that a service refused a person's token: it is renewed at once, unless that has happened meanwhile.
 * @returns whether there is another token now.
 */
export async function replaceRefusedToken(refused: PersonToken, clock: () => number = Date.now): Promise<boolean> {
  const { sessionId } = refused.user;
  const current = async () => (await readTokens(sessionId, clock))?.tokens ?? null;
  const before = await current();
  if (!before) return false;
  if (before.accessToken !== refused.accessToken) return true;
  if (before.refreshToken === null) return false;
  await renewOnce(sessionId, refused.accessToken, clock);
  const after = await current();
  return after !== null && after.accessToken !== refused.accessToken;
}

/** Refuses before anything is made when the person who acts has no token of this credential. @throws AppError */
export async function requirePersonToken(actor: Actor, subject: Pick<TokenSubject, "id" | "name">): Promise<void> {
  await readToken(actor, subject, Date.now);
}

type Read = {
  sessionId: string;
  user: { id: string; name: string };
  createdAt: number;
  reach: TokenReach;
  tokens: SessionTokens;
};

async function readToken(actor: Actor, subject: Pick<TokenSubject, "id" | "name">, clock: () => number): Promise<Read> {
  const read = actor.kind === "user" ? await readTokens(actor.sessionId, clock) : null;
  if (read && read.credentialId === subject.id) return read;
  throw signInFirst(subject, actor);
}

async function readTokens(sessionId: string, clock: () => number): Promise<(Read & { credentialId: string }) | null> {
  const [row] = await getDb()
    .select({
      userId: sessions.userId,
      username: users.username,
      credential: credentials,
      envelope: sessions.tokensEnvelope,
      createdAt: sessions.createdAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(credentials, eq(credentials.id, sessions.credentialId))
    .where(and(eq(sessions.id, sessionId), isLive(new Date(clock())), eq(users.disabled, false)));
  if (!row?.envelope) return null;
  const user = { id: row.userId, name: row.username };
  const { credential } = row;
  const tokens = openSessionTokens(sessionId, hashCredentialDestination(credential), row.envelope);
  const reach = readReach(credential);
  return { sessionId, user, createdAt: row.createdAt.getTime(), credentialId: credential.id, reach, tokens };
}

function toIssued(
  { sessionId, user, createdAt, reach, tokens }: Read,
  subject: TokenSubject,
  source: IssuedToken["source"],
): PersonToken {
  return {
    accessToken: tokens.accessToken,
    generation: 0,
    source,
    acquiredAt: tokens.acquiredAt ?? createdAt,
    expiresAt: tokens.accessTokenExpiresAt,
    credentialId: subject.id,
    credentialVersion: subject.version,
    reach,
    user: { ...user, sessionId },
  };
}

const getRenewals = () => singleton("session renewals", () => new Map<string, Promise<AppError | null>>());

/** One renewal at a time for a session: callers of this process share it, other processes wait for who has the lease. */
function renewOnce(sessionId: string, old: string, clock: () => number): Promise<AppError | null> {
  return createSingleFlight(getRenewals())(sessionId, () => renewOrWait(sessionId, old, clock));
}

/** @returns why there is no new token, null when there is one or the session is over. */
async function renewOrWait(sessionId: string, old: string, clock: () => number): Promise<AppError | null> {
  const waitUntil = performance.now() + maxWaitMs;
  do {
    const read = await readTokens(sessionId, clock);
    // Somebody else has renewed it, or it is over.
    if (!read || read.tokens.accessToken !== old) return null;
    const claimed = await claimSession(sessionId, new Date(clock()));
    if (claimed) return await renewClaimed(claimed, old, clock);
    await wait(lookMs);
  } while (performance.now() < waitUntil);
  return new AppError("timeout", "The token is being renewed by another process, which does not finish.", {
    hint: "Try again in a minute.",
    retryable: true,
  });
}

async function renewClaimed(claimed: ClaimedSession, old: string, clock: () => number): Promise<AppError | null> {
  // Between the look and the lease the one before may have finished.
  const read = await readTokens(claimed.id, clock);
  if (!read || read.tokens.accessToken !== old) {
    await releaseSession(claimed);
    return null;
  }
  const renewal = await renewSession(claimed, "for a run", clock);
  return renewal.kind === "failed" ? renewal.error : null;
}

function signInFirst({ id, name }: Pick<TokenSubject, "id" | "name">, actor: Actor): AppError {
  const hint =
    actor.kind === "user"
      ? "The transport sends the token of the person who runs it. Sign in with that credential profile, then run it again."
      : "The transport sends the token of the person who runs it, and no person is signed in here: run it in the workbench, or pick a credential of type Application for the transport.";
  return new AppError("profile_sign_in_required", `Sign in with ${name} first.`, {
    hint,
    details: { credentialId: id, credentialName: name },
  });
}

function runOut({ id, name }: Pick<TokenSubject, "id" | "name">): AppError {
  return new AppError("profile_sign_in_required", `Your token of ${name} has run out. Sign in with ${name} first.`, {
    hint: "The provider gave no refresh token, so it can't be renewed here. An admin can add offline_access to the scope of the credential.",
    details: { credentialId: id, credentialName: name },
  });
}
