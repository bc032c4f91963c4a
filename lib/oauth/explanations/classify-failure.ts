import type { AppError, ErrorCode } from "#lib/platform/errors/app-error.ts";
import { explainFailure } from "./explain.ts";

/** How long a version that has worked may fail without a reason before someone has to act. */
const patienceMs = 15 * 60_000;

/** What is known of a credential when the failure comes in. */
export type CredentialHistory = {
  version: number;
  /** The version that last got a token, null when none did. */
  workedVersion: number | null;
  /** Milliseconds; since when it is refused without a reason, with nothing else in between. Null: not until now. */
  unexplainedSince: number | null;
};

export type Verdict = {
  status: "action_needed" | "degraded";
  statusReason: string;
  /** Field of the form that most likely needs a change. */
  statusField: string | null;
  hint: string;
  /** Which backoff applies. */
  backoff: "permanent" | "transient";
  /** `unexplainedSince` of the next failure. */
  unexplainedSince: number | null;
};

/** Errors of our own side that no waiting mends. */
const ownPermanent = new Set<ErrorCode>([
  "egress_denied",
  "invalid_input",
  "secret_unreadable",
  "configuration_invalid",
]);

/** Errors on the way to the provider. A configuration that never worked most likely has an invalid host, port, or proxy. */
const unreachable = new Set<ErrorCode>([
  "name_not_resolved",
  "connection_failed",
  "tls_failed",
  "timeout",
  "proxy_unreachable",
  "proxy_authentication_required",
  "proxy_refused",
  "proxy_target_unreachable",
  "proxy_failed",
]);

/**
 * Returns the status after a failed token request.
 * Transient: no response, 5xx, 429, HTML, or an empty body. Permanent: an RFC 6749 `error`, a 401, and what Sallyport's own
 * configuration forbids. A 4xx without an `error` is permanent for a version that never got a token. For one that has, it
 * is `degraded` first, and `action_needed` after 15 minutes. A version that never worked and can't reach the provider is
 * `action_needed`, but is retried as for an outage.
 * @param history null for values or a secret that were never used.
 */
export function classifyFailure(error: AppError, history: CredentialHistory | null, now: number): Verdict {
  const { words, hint, field } = explainFailure(error);
  const sure = ownPermanent.has(error.code) || isRefusal(error);
  // An outage that went before is no part of the 15 minutes.
  const unexplainedSince = !sure && isUnexplained(error) ? (history?.unexplainedSince ?? now) : null;
  const worked = history !== null && history.workedVersion === history.version;
  const permanent = sure || (unexplainedSince !== null && (!worked || now - unexplainedSince >= patienceMs));
  const isUnreachable = !worked && unreachable.has(error.code);
  return {
    status: permanent || isUnreachable ? "action_needed" : "degraded",
    statusReason: [`${words}.`, hint].filter((part) => part !== "").join(" "),
    statusField: field,
    hint,
    backoff: permanent ? "permanent" : "transient",
    unexplainedSince,
  };
}

function isRefusal(error: AppError): boolean {
  if (error.code !== "token_request_refused") return false;
  return error.provider?.code != null || error.provider?.status === 401;
}

/** Somebody said no without saying why: a 4xx or a redirect of the endpoint, or the proxy, with other credentials or at all. */
function isUnexplained(error: AppError): boolean {
  if (error.code === "token_request_refused") return true;
  if (error.code === "proxy_authentication_required" || error.code === "proxy_refused") return true;
  const status = error.provider?.status ?? 0;
  return error.code === "token_response_invalid" && status >= 300 && status < 400;
}
