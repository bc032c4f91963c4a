import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { statusOfWorking } from "#lib/oauth/credentials/secret-expiry.ts";
import { recordCredentialEvent, setCredentialStatus } from "#lib/oauth/credentials/set-status.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { describeProxy } from "#lib/platform/net/request.ts";
import { computeBackoff } from "./backoff.ts";
import { storeSuccess } from "./cache/store-success.ts";
import { classifyFailure } from "./classify.ts";
import type { ReceivedToken, StoredFailure, TokenSubject } from "./model.ts";
import { storeFailure } from "./store.ts";
import type { TokenTimes } from "./times.ts";

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
  const failures = credential.failures + 1;
  const failingSince = credential.failingSince ? Date.parse(credential.failingSince) : attempt.endedAt;
  const verdict = classifyFailure(
    error,
    {
      version: subject.version,
      workedVersion: credential.workedVersion,
      unexplainedSince: credential.unexplainedSince,
    },
    attempt.endedAt,
  );
  const retryAfterMs = typeof error.details.retryAfterMs === "number" ? error.details.retryAfterMs : null;
  const retryAt = attempt.endedAt + computeBackoff(verdict.backoff, failures, retryAfterMs, random);
  const { code, message, hint, retryable, provider } = error;
  const failure: StoredFailure = { code, message, hint: verdict.hint || hint, retryable, provider };
  await inTransaction(async (tx) => {
    await setCredentialStatus(
      subject.id,
      subject.version,
      {
        status: verdict.status,
        statusReason: verdict.statusReason,
        statusField: verdict.statusField,
        errorCode: code,
        providerCode: provider?.code ?? null,
        checkedAt: new Date(attempt.endedAt),
        nextCheckAt: new Date(retryAt),
        failingSince: new Date(failingSince),
        unexplainedSince: verdict.unexplainedSince,
        failures,
      },
      tx,
    );
    await storeFailure(tx, subject, attempt.leaseHolder, failure, retryAt);
    await recordCredentialEvent(
      {
        ...describeAttempt(attempt),
        outcome: "failed",
        errorCode: code,
        httpStatus: provider?.status ?? null,
        providerCode: provider?.code ?? null,
        description: provider?.description ?? message,
        correlationId: provider?.correlationId ?? null,
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
