import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { statusOfWorking } from "#lib/oauth/credentials/secret-expiry.ts";
import { recordCredentialEvent, setCredentialStatus } from "#lib/oauth/credentials/set-status.ts";
import { findCredential } from "#lib/oauth/credentials/store.ts";
import { classifyFailure, type Verdict } from "#lib/oauth/explanations/classify-failure.ts";
import type { Aad } from "#lib/platform/crypto/envelope.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { describeProxy } from "#lib/platform/net/request.ts";
import { storeSuccess } from "./cache/store-success.ts";
import type { ReceivedToken, StoredFailure, TokenSubject } from "./model.ts";
import { foundNoSlot } from "./provider-slots.ts";
import { storeFailure } from "./store.ts";
import { computeBackoff, type TokenTimes } from "./times.ts";

/** What the outcome needs of the credential, as it was when the provider was asked. */
export type AttemptedCredential = Pick<
  OpenCredential,
  | "failures"
  | "failingSince"
  | "unexplainedSince"
  | "workedVersion"
  | "endpointUrl"
  | "proxy"
  | "clientAuthentication"
  | "presentCertificate"
  | "secretExpiresOn"
  | "certificate"
>;

/** One request to the provider that is over, whoever asked for it. */
export type Attempt = {
  subject: TokenSubject;
  credential: AttemptedCredential;
  leaseHolder: string;
  /** What the token's envelope is bound to. */
  tokenAad: Aad;
  /** `check`: a person or a save wanted to know; `token_request`: a run or a renewal needed a token. */
  kind: "check" | "token_request";
  cause: string;
  runId: string | null;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
};

/**
 * Stores a received token with the credential's status and a line in its event log, all or nothing.
 * @returns the generation, null when the configuration changed meanwhile and the token was thrown away.
 */
export async function recordSuccess(
  attempt: Attempt,
  received: ReceivedToken,
  times: TokenTimes,
): Promise<number | null> {
  const checkedAt = new Date(attempt.endedAt);
  return storeSuccess({
    subject: attempt.subject,
    leaseHolder: attempt.leaseHolder,
    accessToken: received.accessToken,
    aad: attempt.tokenAad,
    times,
    ...statusOfWorking(attempt.credential, checkedAt),
    checkedAt,
    event: {
      ...describeAttempt(attempt),
      outcome: "succeeded",
      description: describeScope(attempt.subject.scope, received.scope),
      proxy: received.proxy,
      tokenExpiresAt: new Date(times.expiresAt),
    },
  });
}

/** What the provider says that it granted, when that is not what was asked for (RFC 6749 section 3.3). */
function describeScope(asked: string, granted: string | null): string | null {
  const sorted = (scope: string) => scope.split(" ").filter(Boolean).sort().join(" ");
  if (granted === null || sorted(granted) === sorted(asked)) return null;
  return `Granted is the scope "${granted.slice(0, 400)}", asked for was "${asked.slice(0, 400)}".`;
}

/**
 * Stores a failure: until when nobody asks again, the credential's status, and a line in its event log.
 * @returns the failure as others are told, and when asking may go on, in milliseconds.
 */
export async function recordFailure(
  attempt: Attempt,
  error: AppError,
  random: number,
): Promise<{ failure: StoredFailure; retryAt: number }> {
  const { subject, credential } = attempt;
  const verdict = classifyAttempt(error, credential, subject.version, attempt.endedAt);
  const retryAfterMs = typeof error.details.retryAfterMs === "number" ? error.details.retryAfterMs : null;
  const retryAt = attempt.endedAt + computeBackoff(verdict.backoff, credential.failures + 1, retryAfterMs, random);
  const { code, message, hint, retryable, provider } = error;
  const failure: StoredFailure = { code, message, hint: verdict.hint || hint, retryable, provider };
  await inTransaction(async (tx) => {
    const status = toFailedStatus(error, verdict, credential, attempt.endedAt, new Date(retryAt));
    await setCredentialStatus(subject.id, subject.version, status, tx);
    await storeFailure(tx, subject, attempt.leaseHolder, failure, retryAt);
    await recordCredentialEvent(
      {
        ...describeAttempt(attempt),
        outcome: "failed",
        ...describeProvider(error),
        errorCode: code,
        description: provider?.description ?? message,
        proxy: describeProxy(credential.endpointUrl, credential.proxy),
      },
      tx,
    );
  });
  return { failure, retryAt };
}

function describeAttempt(attempt: Attempt) {
  return {
    credentialId: attempt.subject.id,
    credentialVersion: attempt.subject.version,
    kind: attempt.kind,
    cause: attempt.cause,
    runId: attempt.runId,
    at: new Date(attempt.endedAt),
    durationMs: attempt.endedAt - attempt.startedAt,
  };
}

/** A sign-in or a check of a User credential that is over. */
export type UserAttempt = {
  credential: Pick<OpenCredential, "id" | "version"> & AttemptedCredential;
  kind: "check" | "sign_in";
  /** By whom: a name, or from where. */
  cause: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
  /** In words: what was found, or why it failed. Never a token. */
  description: string;
  /** What says something about the credential, null when all is well. */
  failure: AppError | null;
  /** Why a check couldn't verify the client although nothing failed. */
  unverified?: string | null;
  /** A refusal that is about the user or the one attempt only. */
  refusal?: { code: string; providerCode: string | null } | null;
  /** What the event keeps beyond its description. */
  details?: Record<string, unknown>;
};

/**
 * Records an attempt in the credential's event log, and what it says about the credential in its status.
 * @returns the event's ID.
 */
export async function recordUserAttempt(attempt: UserAttempt): Promise<string> {
  const {
    credential,
    kind,
    cause,
    startedAt,
    endedAt,
    description,
    failure,
    unverified = null,
    refusal = null,
    details,
  } = attempt;
  const { id, version } = credential;
  const provider = describeProvider(failure);
  const eventId = await recordCredentialEvent({
    credentialId: id,
    credentialVersion: version,
    kind,
    cause,
    outcome: failure || refusal ? "failed" : "succeeded",
    durationMs: Math.max(0, endedAt - startedAt),
    ...provider,
    errorCode: refusal?.code ?? failure?.code ?? null,
    providerCode: refusal?.providerCode ?? provider.providerCode,
    proxy: describeProxy(credential.endpointUrl, credential.proxy),
    description: description.slice(0, 1000),
    at: new Date(endedAt),
    details,
  });
  if (failure && foundNoSlot(failure)) return eventId;
  if (failure) {
    const verdict = classifyAttempt(failure, credential, version, endedAt);
    await setCredentialStatus(id, version, toFailedStatus(failure, verdict, credential, endedAt, null));
  } else if (!refusal) {
    // What has worked stays active: a check without a user proves nothing against it.
    const isUnverified = unverified !== null && credential.workedVersion !== version;
    const healthy = { checkedAt: new Date(endedAt), nextCheckAt: null, failingSince: null, failures: 0 };
    const status = isUnverified
      ? ({ status: "unverified", statusReason: unverified } as const)
      : { status: "active" as const };
    await setCredentialStatus(id, version, { ...status, ...healthy });
  }
  return eventId;
}

/**
 * Records that the secrets of a User credential can't be opened, so nothing was sent.
 * @param now clock, milliseconds.
 */
export async function recordUnreadable(
  id: string,
  { kind, cause, error, now }: Pick<UserAttempt, "kind" | "cause"> & { error: AppError; now: number },
): Promise<void> {
  const row = await findCredential(getDb(), id);
  if (!row) return;
  const failingSince = row.failingSince?.toISOString() ?? null;
  const unexplainedSince = row.unexplainedSince?.getTime() ?? null;
  const credential = { ...row, failingSince, unexplainedSince, proxy: { mode: "none" as const } };
  const times = { startedAt: now, endedAt: now };
  await recordUserAttempt({ credential, kind, cause, ...times, description: error.message, failure: error });
}

function classifyAttempt(error: AppError, credential: AttemptedCredential, version: number, endedAt: number): Verdict {
  const { workedVersion, unexplainedSince } = credential;
  return classifyFailure(error, { version, workedVersion, unexplainedSince }, endedAt);
}

function toFailedStatus(
  error: AppError,
  { status, statusReason, statusField, unexplainedSince }: Verdict,
  credential: AttemptedCredential,
  endedAt: number,
  nextCheckAt: Date | null,
) {
  return {
    status,
    statusReason,
    statusField,
    errorCode: error.code,
    providerCode: error.provider?.code ?? null,
    checkedAt: new Date(endedAt),
    nextCheckAt,
    failingSince: new Date(credential.failingSince ? Date.parse(credential.failingSince) : endedAt),
    unexplainedSince,
    failures: credential.failures + 1,
  };
}

/** Returns the columns of an event that say what the provider answered. */
export function describeProvider(error: AppError | null) {
  const { status = null, code = null, correlationId = null } = error?.provider ?? {};
  return { httpStatus: status, providerCode: code, correlationId };
}
