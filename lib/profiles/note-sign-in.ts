import type { OpenCredential } from "../credentials/model.ts";
import { recordCredentialEvent, setCredentialStatus } from "../credentials/set-status.ts";
import type { AppError } from "../errors.ts";
import { describeProxy } from "../net/request.ts";
import { classifyFailure } from "../tokens/classify.ts";

/** A sign-in that is over, for the credential's event log. */
export type NotedSignIn = {
  credential: OpenCredential;
  /** The username, or from where. */
  cause: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
  /** In words: what was found, or why it was refused. */
  description: string;
  error: { code: string; providerCode: string | null; thrown: AppError | null } | null;
};

/** Refusals of a token request that say something about the credential, not about the one sign-in. */
const aboutCredential = new Set(["invalid_client", "unauthorized_client", "invalid_scope", "invalid_target"]);

/** Writes a sign-in into the event log, and what it says about the credential into its status. */
export async function noteSignIn({ credential, cause, startedAt, endedAt, description, error }: NotedSignIn) {
  const { id, version } = credential;
  const provider = error?.thrown?.provider ?? null;
  await recordCredentialEvent({
    credentialId: id,
    credentialVersion: version,
    kind: "sign_in",
    cause,
    outcome: error ? "failed" : "succeeded",
    durationMs: Math.max(0, endedAt - startedAt),
    errorCode: error?.code ?? null,
    providerCode: error?.providerCode ?? null,
    httpStatus: provider?.status ?? null,
    correlationId: provider?.correlationId ?? null,
    proxy: describeProxy(credential.endpointUrl, credential.proxy),
    description: description.slice(0, 1000),
    at: new Date(endedAt),
  });
  const checkedAt = new Date(endedAt);
  if (!error) {
    await setCredentialStatus(id, version, {
      status: "active",
      checkedAt,
      nextCheckAt: null,
      failingSince: null,
      failures: 0,
    });
  } else if (error.thrown && saysSomething(error.thrown)) {
    const failingSince = credential.failingSince ? Date.parse(credential.failingSince) : endedAt;
    const history = { version, workedVersion: credential.workedVersion, failingSince };
    const verdict = classifyFailure(error.thrown, history, endedAt);
    await setCredentialStatus(id, version, {
      status: verdict.status,
      statusReason: verdict.statusReason,
      statusField: verdict.statusField,
      errorCode: error.thrown.code,
      providerCode: error.providerCode,
      checkedAt,
      nextCheckAt: null,
      failingSince: new Date(failingSince),
      failures: credential.failures + 1,
    });
  }
}

function saysSomething(thrown: AppError): boolean {
  if (thrown.code === "sign_in_refused" || thrown.code === "id_token_invalid" || thrown.code === "internal")
    return false;
  return thrown.code !== "token_request_refused" || aboutCredential.has(thrown.provider?.code ?? "");
}
