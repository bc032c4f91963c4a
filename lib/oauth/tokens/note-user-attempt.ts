import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { recordCredentialEvent, setCredentialStatus } from "#lib/oauth/credentials/set-status.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { describeProxy } from "#lib/platform/net/request.ts";
import { classifyFailure } from "./classify.ts";
import { foundNoSlot } from "./provider-slots.ts";

/** A sign-in or a check of a User credential that is over. */
export type UserAttempt = {
  credential: OpenCredential;
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
  /** A refusal that is about the person or the one attempt only. */
  refusal?: { code: string; providerCode: string | null } | null;
};

/** Writes an attempt into the credential's event log, and what it says about the credential into its status. */
export async function noteUserAttempt(attempt: UserAttempt): Promise<void> {
  const { credential, kind, cause, startedAt, endedAt, description, failure, refusal = null } = attempt;
  const { id, version } = credential;
  const provider = failure?.provider ?? null;
  await recordCredentialEvent({
    credentialId: id,
    credentialVersion: version,
    kind,
    cause,
    outcome: failure || refusal ? "failed" : "succeeded",
    durationMs: Math.max(0, endedAt - startedAt),
    errorCode: refusal?.code ?? failure?.code ?? null,
    providerCode: refusal?.providerCode ?? provider?.code ?? null,
    httpStatus: provider?.status ?? null,
    correlationId: provider?.correlationId ?? null,
    proxy: describeProxy(credential.endpointUrl, credential.proxy),
    description: description.slice(0, 1000),
    at: new Date(endedAt),
  });
  if (failure && foundNoSlot(failure)) return;
  const checkedAt = new Date(endedAt);
  if (failure) {
    const failingSince = credential.failingSince ? Date.parse(credential.failingSince) : endedAt;
    const verdict = classifyFailure(
      failure,
      { version, workedVersion: credential.workedVersion, unexplainedSince: credential.unexplainedSince },
      endedAt,
    );
    await setCredentialStatus(id, version, {
      status: verdict.status,
      statusReason: verdict.statusReason,
      statusField: verdict.statusField,
      errorCode: failure.code,
      providerCode: provider?.code ?? null,
      checkedAt,
      nextCheckAt: null,
      failingSince: new Date(failingSince),
      unexplainedSince: verdict.unexplainedSince,
      failures: credential.failures + 1,
    });
  } else if (!refusal) {
    const healthy = { checkedAt, nextCheckAt: null, failingSince: null, failures: 0 };
    await setCredentialStatus(id, version, { status: "active", ...healthy });
  }
}
