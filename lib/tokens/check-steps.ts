import type { AppError, ErrorCode } from "../errors.ts";
import { explainFailure } from "./explain.ts";

export const checkSteps = ["configuration", "token_endpoint", "client", "scope", "token"] as const;
export type CheckStepName = (typeof checkSteps)[number];

/** What is looked at of a User credential, which nobody has to sign in for. */
export const userCheckSteps = ["configuration", "metadata", "keys", "redirect_uri", "client", "sign_in"] as const;
export type UserCheckStepName = (typeof userCheckSteps)[number];

/** One thing that a check looked at, with its verdict and what to do. */
export type CheckStep = {
  step: CheckStepName | UserCheckStepName;
  verdict: "pass" | "fail" | "skipped";
  detail: string;
  hint: string | null;
  /** Null where no time was taken apart. */
  durationMs: number | null;
};

const passed: Record<CheckStepName, string> = {
  configuration: "Everything that a token request needs is there.",
  token_endpoint: "The token endpoint answered.",
  client: "The provider knows the client.",
  scope: "The provider accepts the scope.",
  token: "The provider issued a token.",
};

const configurationErrors = new Set<ErrorCode>([
  "invalid_input",
  "secret_unreadable",
  "configuration_invalid",
  "credential_disabled",
]);
const scopeErrors = new Set(["invalid_scope", "invalid_target", "invalid_grant", "invalid_request"]);

/** The steps of a check that brought a token. */
export function describeSuccess(durationMs: number, expiresAt: number): CheckStep[] {
  const until = new Date(expiresAt).toISOString();
  return checkSteps.map((step) => ({
    step,
    verdict: "pass",
    detail: step === "token" ? `${passed.token} It is valid until ${until}.` : passed[step],
    hint: null,
    durationMs: step === "token_endpoint" ? durationMs : null,
  }));
}

/** The steps of a check that failed: those before the fault passed, those after it were not looked at. */
export function describeFailure(error: AppError, durationMs: number): CheckStep[] {
  const failed = checkSteps.indexOf(findFailedStep(error));
  const { hint } = explainFailure(error);
  return checkSteps.map((step, index) => ({
    step,
    verdict: index < failed ? "pass" : index === failed ? "fail" : "skipped",
    detail: index < failed ? passed[step] : index === failed ? error.message : "Not looked at.",
    hint: index === failed ? hint || error.hint : null,
    durationMs: step === "token_endpoint" && index <= failed ? durationMs : null,
  }));
}

/** Which step an error belongs to. */
export function findFailedStep(error: AppError): CheckStepName {
  if (configurationErrors.has(error.code)) return "configuration";
  if (error.code !== "token_request_refused") return "token_endpoint";
  const { status, code } = error.provider ?? { status: null, code: null };
  if (code === null) return status === 404 || status === 405 ? "token_endpoint" : "client";
  if (code === "unsupported_grant_type") return "token_endpoint";
  return scopeErrors.has(code) ? "scope" : "client";
}

/** The steps of a User credential whose configuration can't be used: nothing else was looked at. */
export function describeUnusable(error: AppError): CheckStep[] {
  const { hint } = explainFailure(error);
  return userCheckSteps.map((step) => ({
    step,
    verdict: step === "configuration" ? "fail" : "skipped",
    detail: step === "configuration" ? error.message : "Not looked at.",
    hint: step === "configuration" ? hint || error.hint : null,
    durationMs: null,
  }));
}
