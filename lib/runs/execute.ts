import { openSecret } from "../crypto/envelope.ts";
import { AppError, toAppError } from "../errors.ts";
import { getLog } from "../log.ts";
import { isHostAllowed } from "../net/hosts.ts";
import { describeProxy } from "../net/request.ts";
import type { OpenProxySettings } from "../proxies/model.ts";
import { dropToken, getToken } from "../tokens/get-token.ts";
import type { IssuedToken } from "../tokens/model.ts";
import { hostNotAllowed } from "../transports/check-settings.ts";
import type { HttpAnswer } from "../transports/http.ts";
import type { Authorization } from "../transports/model.ts";
import type { PlannedCredential, TransportPlan } from "../transports/plan.ts";
import { secretPlace } from "../transports/secret-place.ts";
import { prepareRequest, send, soapUnusable } from "../transports/send.ts";
import { settleBefore } from "./deadline.ts";
import type { Run, RunAttempt, RunError, RunEvent, RunRequest, RunToken } from "./model.ts";
import { interpretAnswer, refusedToken, toRunError } from "./outcome.ts";
import { redactRequest, redactResponse, secretForms } from "./redact.ts";
import { recordRun, requireRoom } from "./store.ts";

/** A run to be made: what to send over which transport, for whom. Holds no secret. */
export type RunOrder = {
  /** UUIDv7, made by the caller since a template may name it. */
  runId: string;
  event: RunEvent;
  /** Who fired it, as receipts show it. */
  actor: string;
  trigger: { id: string; name: string } | null;
  /** Where the trigger is (or, for a test, the transport), which decides who may read the run. */
  node: { id: string; name: string; path: readonly string[] };
  transport: TransportPlan;
  request: RunRequest;
  /** From the start to the last byte of the answer, in milliseconds. */
  maxExecutionMs: number;
};

/** One attempt with what its receipt does not hold. */
type Attempt = { attempt: RunAttempt; issued: IssuedToken | null; refused: boolean };

/**
 * Makes a run: token, Authorization, request, outcome, record. It returns when the run is committed, whether it succeeded or
 * not. A service that answers 401 gets one more request with a fresh token.
 * @throws AppError `database_unavailable` when the run could not be recorded
 */
export async function executeRun(order: RunOrder): Promise<Run> {
  requireRoom();
  const startedAt = new Date();
  const began = performance.now();
  const deadline = began + order.maxExecutionMs;
  const secrets: string[] = [];
  const attempts = [await attemptRequest(order, deadline, secrets)];
  const { refused, issued } = attempts[0]!;
  if (refused && issued && (await dropToken(toSubject(order)!, issued.generation))) {
    attempts.push(await attemptRequest(order, deadline, secrets));
  }
  const run = toRun(order, startedAt, Math.round(performance.now() - began), attempts);
  await recordRun({ run, nodePath: order.node.path });
  return run;
}

/** Records a run that was refused before anything was sent; returns it when it is committed. */
export async function recordRefusal(order: RunOrder, refusal: AppError): Promise<Run> {
  const startedAt = new Date();
  const request = redactRequest(prepareRequest(order.request, { kind: "none" }), []);
  const error = toRunError(refusal);
  const attempt = {
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    token: null,
    proxy: "none",
    request,
    response: null,
    error,
  };
  const run = { ...toRun(order, startedAt, 0, [{ attempt, issued: null, refused: false }]), attempts: 0 };
  await recordRun({ run, nodePath: order.node.path });
  return run;
}

async function attemptRequest(order: RunOrder, deadline: number, secrets: string[]): Promise<Attempt> {
  const startedAt = new Date();
  const began = performance.now();
  let issued: IssuedToken | null = null;
  let request = prepareRequest(order.request, { kind: "none" });
  let answer: HttpAnswer | null = null;
  let error: RunError | null = null;
  try {
    checkUsable(order);
    const subject = toSubject(order);
    if (subject) issued = await settleBefore(deadline, () => getFreshToken(order, subject), order.maxExecutionMs);
    const authorization = openAuthorization(order.transport, issued);
    secrets.push(...secretsOf(authorization));
    request = prepareRequest(order.request, authorization);
    answer = await sendWithin(order, request, deadline);
    const sent = { url: request.url, usedToken: issued !== null, credentialName: subject?.name ?? null };
    error = interpretAnswer(answer, sent);
  } catch (thrown) {
    const appError = toAppError(thrown);
    if (!appError.expose) getLog().error({ err: thrown, runId: order.runId }, "a run failed inside");
    error = toRunError(appError);
  }
  const forms = secretForms(secrets);
  return {
    issued,
    refused: answer !== null && refusedToken(answer, { usedToken: issued !== null }),
    attempt: {
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - began),
      token: issued && describeToken(issued, startedAt.getTime()),
      proxy: answer?.proxy ?? describeProxy(request.url, shownProxy(order.transport)),
      request: redactRequest(request, forms),
      response: answer && redactResponse(answer, forms),
      error,
    },
  };
}

/** Refuses before a token is asked for what could not be sent anyway. */
function checkUsable({ transport, request }: RunOrder): void {
  if (transport.type === "WS_SOAP") throw soapUnusable();
  const { authorization } = transport;
  if (authorization.kind !== "credential") return;
  if (!isHostAllowed(request.url, authorization.credential.allowedHosts)) {
    throw hostNotAllowed(authorization.credential, request.url);
  }
}

function toSubject({ transport }: RunOrder): PlannedCredential | null {
  return transport.authorization.kind === "credential" ? transport.authorization.credential : null;
}

/** The token to send; never one that has expired. */
async function getFreshToken(order: RunOrder, subject: PlannedCredential): Promise<IssuedToken> {
  const cause = { cause: order.trigger ? `trigger ${order.trigger.name}` : order.actor, runId: order.runId };
  const issued = await getToken(subject, cause);
  if (issued.expiresAt > Date.now()) return issued;
  await dropToken(subject, issued.generation);
  const renewed = await getToken(subject, cause);
  if (renewed.expiresAt > Date.now()) return renewed;
  throw new AppError("token_response_invalid", `The provider gave ${subject.name} a token that has already expired.`, {
    hint: "Compare the clocks of this machine and of the provider.",
  });
}

function openAuthorization(transport: TransportPlan, issued: IssuedToken | null): Authorization {
  if (issued) return { kind: "bearer", token: issued.accessToken };
  const { authorization } = transport;
  if (authorization.kind !== "basic") return { kind: "none" };
  const { username, passwordEnvelope } = authorization;
  const place = secretPlace(transport.id, "basicPassword");
  return { kind: "basic", username, password: passwordEnvelope === null ? "" : openSecret(passwordEnvelope, place) };
}

function secretsOf(authorization: Authorization): string[] {
  if (authorization.kind === "bearer") return [authorization.token];
  if (authorization.kind === "none") return [];
  const { username, password } = authorization;
  return [password, Buffer.from(`${username}:${password}`).toString("base64")];
}

async function sendWithin(order: RunOrder, request: RunRequest, deadline: number): Promise<HttpAnswer> {
  const left = Math.ceil(deadline - performance.now());
  if (left >= order.transport.timeoutMs) return send(order.transport, request, order.transport.timeoutMs);
  return settleBefore(deadline, () => send(order.transport, request, Math.max(1, left)), order.maxExecutionMs);
}

/** The proxy of a request that was not answered is shown without its password, so that stays sealed. */
function shownProxy({ proxy }: TransportPlan): OpenProxySettings {
  return proxy.mode === "manual" ? { ...proxy, password: null } : proxy;
}

function describeToken(issued: IssuedToken, now: number): RunToken {
  return {
    credentialId: issued.credentialId,
    credentialVersion: issued.credentialVersion,
    source: issued.source,
    ageSeconds: Math.max(0, Math.round((now - issued.acquiredAt) / 1000)),
    expiresAt: new Date(issued.expiresAt).toISOString(),
  };
}

function toRun(order: RunOrder, startedAt: Date, durationMs: number, attempts: Attempt[]): Run {
  const { attempt } = attempts.at(-1)!;
  const credential = toSubject(order);
  return {
    id: order.runId,
    triggerId: order.trigger?.id ?? null,
    triggerName: order.trigger?.name ?? "",
    transportId: order.transport.id,
    transportName: order.transport.name,
    nodeId: order.node.id,
    nodeName: order.node.name,
    credentialId: credential?.id ?? null,
    credentialName: credential?.name ?? null,
    event: order.event,
    actor: order.actor,
    status: attempt.error ? "failed" : "succeeded",
    startedAt: startedAt.toISOString(),
    durationMs,
    attempts: attempts.length,
    proxy: attempt.proxy,
    token: attempt.token,
    request: attempt.request,
    response: attempt.response,
    error: attempt.error,
    attemptLog: attempts.length > 1 ? attempts.map((each) => each.attempt) : [],
  };
}
