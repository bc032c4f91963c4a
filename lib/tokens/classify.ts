import type { CredentialStatus } from "../credentials/model.ts";
import type { AppError, ErrorCode } from "../errors.ts";
import { explainFailure } from "./explain.ts";

/** How long a version that has worked may fail without a reason before someone has to act. */
const patienceMs = 15 * 60_000;
const dayMs = 86_400_000;
const expiringDays = 30;

/** What is known of a credential when the outcome comes in. Times in milliseconds. */
export type CredentialHistory = {
  version: number;
  /** The version that last got a token, null when none did. */
  workedVersion: number | null;
  failingSince: number | null;
  /** Day on which the secret runs out, `2027-01-31`; it works until the end of that day. */
  secretExpiresOn: string | null;
  /** End of the certificate in use, null when there is none. */
  certificateExpiresAt: number | null;
};

export type Verdict = {
  status: CredentialStatus;
  statusReason: string;
  statusField: string | null;
  errorCode: ErrorCode | null;
  providerCode: string | null;
  /** Which backoff applies, null after a success. */
  backoff: "permanent" | "transient" | null;
};

/** Errors of our own side that no waiting mends. */
const ownPermanent = new Set<ErrorCode>([
  "egress_denied",
  "invalid_input",
  "secret_unreadable",
  "configuration_invalid",
]);

/** The status after a token was received: `active`, or `expiring` when secret or certificate run out within 30 days. */
export function classifySuccess(history: CredentialHistory, now: number): Verdict {
  const ends: [string, string, number][] = [];
  if (history.secretExpiresOn) {
    ends.push(["client secret", "secretExpiresOn", Date.parse(`${history.secretExpiresOn}T00:00:00Z`) + dayMs]);
  }
  if (history.certificateExpiresAt !== null) ends.push(["certificate", "certificate", history.certificateExpiresAt]);
  const next = ends.sort((a, b) => a[2] - b[2])[0];
  const fine = { errorCode: null, providerCode: null, backoff: null };
  if (!next || next[2] - now > expiringDays * dayMs) {
    return { ...fine, status: "active", statusReason: "The provider issued a token.", statusField: null };
  }
  const [what, statusField, end] = next;
  const days = Math.floor((end - now) / dayMs);
  const when =
    end <= now
      ? "should have run out already"
      : days === 0
        ? "runs out today"
        : `runs out in ${days} ${days === 1 ? "day" : "days"}`;
  return {
    ...fine,
    status: "expiring",
    statusReason: `The ${what} ${when}. The provider still issues tokens.`,
    statusField,
  };
}

/**
 * The status after a token request failed.
 * Transient: no answer, 5xx, 429, HTML or empty bodies. Permanent: an RFC 6749 `error`, a 401, and what our own
 * configuration forbids. A 4xx without an `error` is permanent for a version that never got a token; for one that has, it
 * is `degraded` first and `action_needed` when it has lasted 15 minutes.
 */
export function classifyFailure(error: AppError, history: CredentialHistory, now: number): Verdict {
  const { words, hint, field } = explainFailure(error);
  const sure = ownPermanent.has(error.code) || isRefusal(error);
  const unexplained = isUnexplained(error);
  const worked = history.workedVersion === history.version;
  const waited = history.failingSince !== null && now - history.failingSince >= patienceMs;
  const permanent = sure || (unexplained && (!worked || waited));
  return {
    status: permanent ? "action_needed" : "degraded",
    statusReason: [`${words}.`, hint].filter((part) => part !== "").join(" "),
    statusField: field,
    errorCode: error.code,
    providerCode: error.provider?.code ?? null,
    backoff: permanent ? "permanent" : "transient",
  };
}

function isRefusal(error: AppError): boolean {
  if (error.code !== "token_request_refused") return false;
  return error.provider?.code != null || error.provider?.status === 401;
}

/** Somebody said no without saying why: a 4xx or a redirect of the endpoint, or the proxy wants other credentials. */
function isUnexplained(error: AppError): boolean {
  if (error.code === "token_request_refused") return true;
  if (error.code === "proxy_authentication_required") return true;
  const status = error.provider?.status ?? 0;
  return error.code === "token_response_invalid" && status >= 300 && status < 400;
}
