import type { Context } from "#lib/access/permissions/context.ts";
import { authorize } from "#lib/delivery/transports/destinations.ts";
import { loadTransportPlan, type TransportPlan } from "#lib/delivery/transports/plan.ts";
import { openTransportHeaders } from "#lib/delivery/transports/secret-headers.ts";
import { prepareRequest, send } from "#lib/delivery/transports/send.ts";
import { explainHost, isDestinationAllowed, type TokenReach } from "#lib/oauth/credentials/allowed-hosts.ts";
import { findUses } from "#lib/oauth/credentials/store.ts";
import { type CheckStep, makeStep, type Told } from "#lib/oauth/explanations/check-steps.ts";
import { stepWords } from "#lib/oauth/explanations/step-names.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { type AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { findHeader } from "#lib/platform/net/headers.ts";
import { toHostEntry } from "#lib/platform/net/hosts.ts";
import { type NetworkTrace, startTrace } from "#lib/platform/net/trace.ts";
import { describePath } from "./network-steps.ts";

/** More transports than these are only counted: a check is no load test. */
const maxProbed = 20;
const atOnce = 4;
/** Nobody waits longer for one service, whatever its transport allows. */
const maxProbeMs = 10_000;

/** What the probes need to know of the credential; unsaved values will do. */
export type ProbedCredential = { id: string; name: string; type: "application" | "user"; allowedHosts: string[] };

/**
 * Tries the token at the service of each transport that uses the credential: HEAD, or GET where HEAD is not offered, with
 * the token and without, so that a service which asks for none is told from one that accepts it. Neither method changes
 * anything at a service (RFC 9110 section 9.2.1), and no body is sent.
 * @param accessToken null when there is none: then only a User credential's services are looked at.
 * @param ctx of the user who checks; transports that they can't see are only counted. The audit log records them before they get the token.
 * @param stop aborts when nobody waits any longer; what is left then is counted only.
 */
export async function probeTransports(
  credential: ProbedCredential,
  accessToken: string | null,
  ctx: Context,
  stop?: AbortSignal,
): Promise<CheckStep[]> {
  const { id, name } = credential;
  const [seen, all] = await Promise.all([findUses(getDb(), id, ctx.grants), findUses(getDb(), id)]);
  const steps: CheckStep[] = [];
  const probed = seen.slice(0, maxProbed);
  if (accessToken !== null && probed.length > 0) {
    const target = { kind: "credential", id, name };
    const after = { transports: probed.map((transport) => ({ id: transport.id, name: transport.name })) };
    await inTransaction((tx) => recordAudit(tx, ctx, { action: "credential.probe", target, after }));
  }
  let tried = 0;
  while (tried < probed.length && !stop?.aborted) {
    const some = probed.slice(tried, tried + atOnce);
    const world = { credential, accessToken, stop };
    steps.push(...(await Promise.all(some.map((use) => probeOne({ id: use.id, name: use.name }, world)))));
    tried += some.length;
  }
  const left = all.length - tried;
  if (left > 0) {
    const what = left === 1 ? "1 more transport uses it and was" : `${left} more transports use it and were`;
    const why =
      tried < probed.length
        ? "the others took too long. Check now tries them."
        : "too many at once, or on nodes that you may not see.";
    steps.push(makeStep("transport", "skipped", `${what} not tried here: ${why}`));
  }
  return steps;
}

type Transport = { id: string; name: string };

/** What is the same for all transports of a check. */
type ProbeWorld = { credential: ProbedCredential; accessToken: string | null; stop: AbortSignal | undefined };

async function probeOne(transport: Transport, { credential, accessToken, stop }: ProbeWorld): Promise<CheckStep> {
  const trace = startTrace();
  const startedAt = performance.now();
  const toStep = (verdict: CheckStep["verdict"], detail: string, told: Told = {}) =>
    makeStep("transport", verdict, detail, { transport, durationMs: performance.now() - startedAt, ...told });
  try {
    if (accessToken === null && credential.type === "application") {
      return toStep("skipped", "Not tried, since there is no token.", { durationMs: null });
    }
    const { plan: saved } = await loadTransportPlan(transport.id);
    const plan = replaceCredential(saved, credential);
    if (!plan) return toStep("skipped", "It no longer uses this credential.", { durationMs: null });
    const { authorization } = plan;
    const reached = authorization.kind === "credential" ? authorization.credential : credential;
    const target = { plan, trace, stop, reach: reached };
    const url = plan.http?.url ?? plan.soap?.endpoint ?? null;
    if (url === null) return toStep("skipped", "Not tried: it is not known where its calls go.", { durationMs: null });
    if (!isDestinationAllowed(reached, url)) {
      return toStep("fail", explainHost(credential.name, url), {
        hint: `Add ${toHostEntry(url)} to the allowed destinations, or correct the transport.`,
        field: "allowedHosts",
        durationMs: null,
      });
    }
    return accessToken === null ? await reach(target, url, toStep) : await tryToken(target, url, accessToken, toStep);
  } catch (err) {
    const error = toAppError(err);
    if (error.code.includes("timeout") && stop?.aborted) {
      return toStep("skipped", "It did not answer in the time that was left here. Check now waits longer.");
    }
    return describeError(error, trace, toStep);
  }
}

/** The plan with the checked values of its credential; null if another credential has taken its place. */
function replaceCredential(
  plan: TransportPlan,
  { name, type, allowedHosts, id }: ProbedCredential,
): TransportPlan | null {
  const { authorization } = plan;
  if (authorization.kind !== "credential" || authorization.credential.id !== id) return null;
  return {
    ...plan,
    authorization: { kind: "credential", credential: { ...authorization.credential, name, type, allowedHosts } },
  };
}

/** A transport that is asked. The trace is that of the first request, which goes the whole way anew. */
type Target = { plan: TransportPlan; trace: NetworkTrace; stop: AbortSignal | undefined; reach: TokenReach };

type ToStep = (verdict: CheckStep["verdict"], detail: string, told?: Told) => CheckStep;

/** A failure in its own words, with where on the way it happened and what was seen there, as at the token endpoint. */
function describeError(error: AppError, trace: NetworkTrace, toStep: ToStep): CheckStep {
  if (!error.expose) throw error;
  if (error.code === "not_found") return toStep("skipped", "It was deleted meanwhile.");
  const nowhere = { clientId: "", endpointUrl: "", proxy: { mode: "none" } } as const;
  const ended = describePath(trace, error, nowhere, Date.now()).at(-1);
  if (trace.way === null || ended?.verdict !== "fail") return toStep("fail", error.message, { hint: error.hint });
  return toStep("fail", `${stepWords[ended.step]}: ${error.message}`, { hint: error.hint, facts: ended.facts });
}

async function reach(target: Target, url: string, toStep: ToStep): Promise<CheckStep> {
  const { plan } = target;
  const { method, status } = await ask(target, url, null);
  const detail = `${method} ${url}, without a token, answered ${status}: it is reached. Runs send the own token of the person who runs them, so none is tried.`;
  return status >= 500 && plan.type === "HTTP" ? toStep("fail", detail, { hint: failing }) : toStep("pass", detail);
}

const failing = "The service fails on its side; its own log tells why.";

async function tryToken(target: Target, url: string, token: string, toStep: ToStep): Promise<CheckStep> {
  const { plan } = target;
  const answer = await ask(target, url, token);
  const sent = `${answer.method} ${url} with the token answered ${answer.status}`;
  if (answer.status === 401) {
    return toStep("fail", `${sent}: the service refuses the token${describeReason(answer.challenge)}.`, {
      hint: "The token is new, so the service does not accept what it says: compare Scope and its audience (aud) with what the service expects.",
      field: "scope",
    });
  }
  if (answer.status >= 500 && plan.type === "HTTP") return toStep("fail", `${sent}.`, { hint: failing });
  const bare = await ask(target, url, null);
  const isAsked = bare.status === 401;
  if (answer.status === 403 && isAsked) {
    return toStep("pass", `${sent}, and 401 without it: it knows the token and does not allow just this request.`, {
      hint: "If runs get 403 too, have the app roles and permissions of the client looked at.",
      field: "scope",
    });
  }
  if (isAsked) return toStep("pass", `${sent}, and 401 without it: the token is accepted.`);
  return toStep(
    "skipped",
    `${sent}, and ${bare.status} without it. The service is reached; it asks for no token at this address, so whether it accepts this one shows in a run or with Test of the transport.`,
  );
}

type Probe = { method: "HEAD" | "GET"; status: number; challenge: string | null };

async function ask(target: Target, url: string, token: string | null): Promise<Probe> {
  const head = await askBy("HEAD", target, url, token);
  return head.status === 405 || head.status === 501 ? askBy("GET", target, url, token) : head;
}

async function askBy(method: Probe["method"], target: Target, url: string, token: string | null): Promise<Probe> {
  const { plan, trace, stop, reach } = target;
  const headers = openTransportHeaders(plan).map(({ name, value }): [string, string] => [name, value]);
  const authorization = token === null ? [] : authorize(plan, url, { kind: "bearer", token, reach });
  const request = prepareRequest({ method, url, headers, body: null }, authorization);
  const isFirst = trace.way === null;
  const answer = await send({ ...plan, followRedirects: false }, request, Math.min(plan.timeoutMs, maxProbeMs), {
    trace: isFirst ? trace : undefined,
    signal: stop,
  });
  return { method, status: answer.status, challenge: findHeader(answer.headers, "www-authenticate") };
}

/** `error` and `error_description` of a challenge (RFC 6750 section 3). */
function describeReason(challenge: string | null): string {
  const value = (name: string) => new RegExp(`\\b${name}="([^"]{1,300})"`).exec(challenge ?? "")?.[1];
  const reason = [value("error"), value("error_description")].filter(Boolean).join(": ");
  return reason ? ` (${reason.replace(/\.$/, "")})` : "";
}
