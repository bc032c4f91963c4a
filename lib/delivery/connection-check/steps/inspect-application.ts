import { type CheckStep, failStep, makeStep, skipAfter } from "#lib/oauth/explanations/check-steps.ts";
import { type CheckStepName, checkSteps } from "#lib/oauth/explanations/step-names.ts";
import type { CheckNotes, TokenClient } from "#lib/oauth/tokens/model.ts";
import { type AppError, type ErrorCode, toAppError } from "#lib/platform/errors/app-error.ts";
import { isWayOpen, type NetworkTrace } from "#lib/platform/net/trace.ts";
import { compareClocks, describeClock, mentionClock } from "./clock-step.ts";
import { describePath } from "./network-steps.ts";
import { probeEndpoint } from "./probe-endpoint.ts";
import { decodeClaims, describeClaims, readTime, type TokenClaims } from "./token-claims.ts";

/** What a check brought to light. */
export type Inspection = {
  steps: CheckStep[];
  /** Why it failed, null when it passed. */
  failure: AppError | null;
  /** How the request to the token endpoint went, null when none was sent. */
  trace: NetworkTrace | null;
  /** A token to try at services, null when there is none. Stays inside. */
  accessToken: string | null;
  /** Why the check couldn't verify the client although nothing failed, null if it did. */
  unverified: string | null;
};

/** A token that was asked for, and until when it is valid, in milliseconds. */
type Asked = { accessToken: string; expiresAt: number };

/** Requests a token, and notes the request that it caused. */
export type Ask = (notes: CheckNotes) => Promise<Asked>;

/**
 * Asks for a token of an Application credential and tells step by step how it went.
 * @throws AppError `internal` and `not_found`, which are no result of a check.
 */
export async function inspectApplication(client: TokenClient, ask: Ask, now: () => number): Promise<Inspection> {
  const notes: CheckNotes = { trace: null, received: null };
  try {
    const asked = await ask(notes);
    // Another check was under way and its token serves; the way is looked at for this one.
    const trace = notes.trace ?? (await probePath(client));
    return {
      ...describeSuccess(client, { ...notes, trace }, asked, now()),
      trace,
      accessToken: asked.accessToken,
      unverified: null,
    };
  } catch (err) {
    const failure = toAppError(err);
    if (failure.code === "internal" || failure.code === "not_found") throw err;
    return {
      steps: describeFailure(client, notes.trace, failure, now()),
      failure,
      trace: notes.trace,
      accessToken: null,
      unverified: null,
    };
  }
}

async function probePath(client: TokenClient): Promise<NetworkTrace | null> {
  const { trace, failure } = await probeEndpoint(client);
  return failure ? null : trace;
}

function describeSuccess(
  client: TokenClient,
  { trace, received }: CheckNotes,
  { accessToken, expiresAt }: Asked,
  now: number,
): Pick<Inspection, "steps" | "failure"> {
  const claims = decodeClaims(accessToken);
  const requestedAt = received?.requestedAt ?? now;
  return {
    failure: null,
    steps: [
      makeStep("configuration", "pass", "Everything that a token request needs is there."),
      ...(trace
        ? describePath(trace, null, client, now)
        : describeUnseen("Another check was under way at the same moment.")),
      describeEndpoint(client, trace),
      makeStep(
        "client",
        "pass",
        `The provider knows the client ${client.clientId} and accepts what it proves itself with.`,
      ),
      describeScope(client.scope, received?.scope ?? null),
      describeToken(client, claims, expiresAt, now),
      describeClock(compareClocks(trace, readTime(claims, "iat"), requestedAt)),
    ],
  };
}

function describeEndpoint({ endpointUrl }: TokenClient, trace: NetworkTrace | null): CheckStep {
  const { host } = new URL(endpointUrl);
  const answer = trace?.answer;
  const told = answer ? `${host} answered ${answer.status}.` : `${host} answered.`;
  return makeStep("token_endpoint", "pass", told, { durationMs: answer?.ms ?? null });
}

/** What was granted against what was asked for (RFC 6749 section 3.3). */
function describeScope(asked: string, granted: string | null): CheckStep {
  if (granted === null) {
    const same = "The answer names no scope, which means that it is the one asked for (RFC 6749 section 5.1)";
    return makeStep("scope", "pass", asked === "" ? "No scope was asked for." : `${same}: ${asked}`);
  }
  const split = (text: string) => text.split(" ").filter(Boolean);
  const missing = split(asked).filter((scope) => !scope.endsWith("/.default") && !split(granted).includes(scope));
  const detail = `Asked for ${asked || "none"}, granted ${granted || "none"}.`;
  if (missing.length === 0) return makeStep("scope", "pass", detail);
  const hint = `The provider did not grant ${missing.join(", ")}: ask its operator whether the client may have it.`;
  return makeStep("scope", "pass", detail, { hint, field: "scope" });
}

function describeToken(client: TokenClient, claims: TokenClaims | null, expiresAt: number, now: number): CheckStep {
  const minutes = Math.max(0, Math.round((expiresAt - now) / 60_000));
  const until = `It is valid until ${new Date(expiresAt).toISOString()} (${minutes} min).`;
  if (!claims)
    return makeStep("token", "pass", `The provider issued a token. ${until} It is opaque: it has no claims to read.`);
  const facts = describeClaims(claims);
  const lacksRoles = client.provider === "entra" && !hasSome(claims.roles) && !hasSome(claims.scp);
  const hint = lacksRoles
    ? "The token has no roles, so an API that expects some answers 403: have an application permission added and admin consent granted."
    : null;
  return makeStep("token", "pass", `The provider issued a token. ${until}`, {
    facts,
    hint,
    field: lacksRoles ? "scope" : null,
  });
}

function hasSome(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === "string" && value !== "";
}

function describeFailure(client: TokenClient, trace: NetworkTrace | null, failure: AppError, now: number): CheckStep[] {
  const failed = findFailedStep(failure);
  if (failed === "configuration") return [failStep(failed, failure, client), ...skipAfter(checkSteps, failed)];
  const passed = makeStep("configuration", "pass", "Everything that a token request needs is there.");
  const way = trace ? describePath(trace, failure, client, now) : [];
  const last = way.at(-1);
  if (last?.verdict === "fail") return [passed, ...way, ...skipAfter(checkSteps, last.step)];
  if (!trace || !isWayOpen(trace)) {
    return [
      passed,
      ...describeUnseen("Nothing was sent."),
      failStep("token_endpoint", failure, client),
      ...skipAfter(checkSteps, "token_endpoint"),
    ];
  }
  const difference = compareClocks(trace, null, now);
  const step = failStep(failed, failure, client);
  const clock = mentionClock(difference);
  const told = clock ? { ...step, hint: [step.hint, clock].filter(Boolean).join(" ") } : step;
  return [
    passed,
    ...way,
    ...describeBefore(client, trace, failed),
    withTime(told, trace),
    ...skipAfter(checkSteps, failed),
  ];
}

function describeUnseen(why: string): CheckStep[] {
  return (["name_resolution", "proxy", "tcp", "tls"] as const).map((step) => makeStep(step, "skipped", why));
}

/** What passed between the way and the step that failed. */
function describeBefore(client: TokenClient, trace: NetworkTrace, failed: CheckStepName): CheckStep[] {
  if (failed === "token_endpoint") return [];
  const endpoint = describeEndpoint(client, trace);
  if (failed === "client") return [endpoint];
  return [endpoint, makeStep("client", "pass", `The provider knows the client ${client.clientId}.`)];
}

function withTime(step: CheckStep, trace: NetworkTrace): CheckStep {
  return step.step === "token_endpoint"
    ? { ...step, durationMs: trace.answer ? Math.round(trace.answer.ms) : null }
    : step;
}

const configurationErrors = new Set<ErrorCode>([
  "invalid_input",
  "secret_unreadable",
  "configuration_invalid",
  "credential_disabled",
]);
const scopeErrors = new Set(["invalid_scope", "invalid_target", "invalid_resource", "invalid_grant"]);

/** Which step an error belongs to, the way there aside. By RFC 6749's `error`, never by a provider's own codes. */
export function findFailedStep(error: AppError): "configuration" | "token_endpoint" | "client" | "scope" {
  if (configurationErrors.has(error.code)) return "configuration";
  if (error.code !== "token_request_refused") return "token_endpoint";
  const { status, code } = error.provider ?? { status: null, code: null };
  if (code === null) return status === 404 || status === 405 ? "token_endpoint" : "client";
  if (code === "unsupported_grant_type" || code === "invalid_request") return "token_endpoint";
  return scopeErrors.has(code) ? "scope" : "client";
}
