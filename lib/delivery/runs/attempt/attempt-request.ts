import type { LimitedReading } from "#lib/delivery/soap/limit-reading.ts";
import { authorize, requireDestination } from "#lib/delivery/transports/destinations.ts";
import type { TransportPlan } from "#lib/delivery/transports/plan.ts";
import { type HttpAnswer, prepareRequest, send } from "#lib/delivery/transports/send.ts";
import type { IssuedToken, TokenCause } from "#lib/oauth/tokens/model.ts";
import { toAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { findPartial } from "#lib/platform/net/partial-response.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { describeProxy } from "#lib/platform/net/request.ts";
import { Timing } from "#lib/platform/net/timing.ts";
import { compileSecrets, type SentSecrets } from "#lib/platform/redaction/echoes.ts";
import { describeToken, getFreshToken, openAuthorization, secretsOf } from "../authorization.ts";
import type { HoldReason, RunAttempt, RunError, RunPhase, RunRequest } from "../model.ts";
import { type RunOrder, subjectOf } from "../order.ts";
import { interpretAnswer, interpretSoapAnswer, refusedToken, toRunError } from "../outcome.ts";
import { redactError, redactRequest, redactResponse } from "../redact.ts";
import { type BuiltCall, buildSoapRequest, checkSoapUsable, readAnswer } from "../soap.ts";
import { settleBefore } from "./deadline.ts";
import { openHeaders } from "./open-headers.ts";
import { describeSoap } from "./soap-receipt.ts";
import { traceSend, traceToken } from "./spans.ts";
import { saysTokenExpired } from "./token-expired.ts";

/** One attempt with what its receipt does not hold. */
export type Attempt = {
  attempt: RunAttempt;
  issued: IssuedToken | null;
  /** Whether the service refused the token. */
  refused: boolean;
  /** Whether the request may be sent once more then. */
  mayRepeat: boolean;
  /** On what it failed, if the run may be made again when the credential works: the service did nothing. */
  held: HoldReason | null;
};

/** How far an attempt came. */
type Progress = {
  issued?: IssuedToken;
  built?: BuiltCall;
  request?: RunRequest;
  answer?: HttpAnswer;
  /** What had arrived when the request failed after its status line. */
  partial?: HttpAnswer;
  reading?: LimitedReading;
  isExpired: boolean;
  lacksToken: boolean;
  timing: Timing<RunPhase>;
};

/**
 * Makes one request of a run: token, Authorization, request, outcome. Whatever fails becomes its error.
 * @param deadline by performance.now().
 * @param secrets gets those that the request uses; a receipt holds none of any attempt.
 * @param isRetry whether the token was renewed since the service refused the one before.
 */
export async function attemptRequest(
  order: RunOrder,
  deadline: number,
  secrets: string[],
  isRetry: boolean,
): Promise<Attempt> {
  const startedAt = new Date();
  const began = performance.now();
  const progress: Progress = { isExpired: false, lacksToken: false, timing: new Timing() };
  let error: RunError | null;
  try {
    checkUsable(order);
    const issuing = takeToken(order, deadline, progress);
    if (issuing) await issuing;
    const preparing = prepare(order, startedAt, deadline, secrets, progress);
    const request = preparing instanceof Promise ? await preparing : preparing;
    progress.answer = await traceSend(request, () => sendWithin(order, request, deadline, { timing: progress.timing }));
    const reading = read(order, progress.answer);
    progress.reading = reading instanceof Promise ? await reading : reading;
    error = interpret(order, request.url, progress.answer, progress, isRetry);
  } catch (thrown) {
    error = explain(order, thrown, progress);
  }
  const { issued = null, answer = null, isExpired } = progress;
  const isRefused = answer !== null && refusedToken(answer, { usedToken: issued !== null });
  const isSafe = order.soap?.call.safeToRepeat ?? false;
  const durationMs = Math.round(performance.now() - began);
  return {
    issued,
    refused: isRefused || isExpired,
    mayRepeat: isRefused || isSafe,
    held: whyHeld(order, progress.lacksToken, isRefused || (isExpired && isSafe)),
    attempt: describeAttempt(order, startedAt, durationMs, error, progress, compileSecrets(secrets)),
  };
}

/** Refuses before a token is asked for what could not be sent anyway. */
function checkUsable({ transport, request, soap }: RunOrder): void {
  if (soap) checkSoapUsable(transport.soap!, soap.call);
  requireDestination(transport, request.url);
}

/** Gets the token if the transport sends one, without a promise when it is in memory. */
function takeToken(order: RunOrder, deadline: number, progress: Progress): void | Promise<void> {
  const subject = subjectOf(order);
  if (!subject) return;
  progress.lacksToken = true;
  const since = performance.now();
  const keep = (issued: IssuedToken) => {
    progress.issued = issued;
    progress.lacksToken = false;
    progress.timing.add("token", since);
  };
  const fail = (err: unknown) => {
    progress.timing.add("token", since);
    throw err;
  };
  const given = traceToken(subject, () =>
    settleBefore(deadline, () => getFreshToken(subject, toCause(order), order.actor), order.maxExecutionMs),
  );
  return given instanceof Promise ? given.then(keep, fail) : keep(given);
}

/** For the credential's event log. */
function toCause({ trigger, actor, runId }: RunOrder): TokenCause {
  return { cause: trigger ? `trigger ${trigger.name}` : actor.name, runId };
}

/** The request as it goes out, without a promise unless it's large; a SOAP call gets an envelope for this attempt only. */
function prepare(
  order: RunOrder,
  startedAt: Date,
  deadline: number,
  secrets: string[],
  progress: Progress,
): RunRequest | Promise<RunRequest> {
  const { soap, transport, maxExecutionMs } = order;
  const authorization = openAuthorization(transport, progress.issued ?? null);
  secrets.push(...secretsOf(authorization));
  const finish = (built: BuiltCall | undefined) => {
    progress.built = built;
    if (built) secrets.push(...built.secrets);
    const request = built?.request ?? openHeaders(order.request, secrets);
    progress.request = prepareRequest(request, authorize(transport, request.url, authorization));
    return progress.request;
  };
  if (!soap) return finish(undefined);
  const token = progress.issued?.accessToken;
  const build = () => buildSoapRequest(soap, transport, startedAt, token, deadline - performance.now());
  const given = settleBefore(deadline, build, maxExecutionMs);
  return given instanceof Promise ? given.then(finish) : finish(given);
}

/** What the answer to a SOAP call says. */
function read({ soap, transport }: RunOrder, answer: HttpAnswer) {
  return soap ? readAnswer(soap, transport.soap!, answer) : undefined;
}

async function sendWithin(
  order: RunOrder,
  request: RunRequest,
  deadline: number,
  watch: Pick<Progress, "timing">,
): Promise<HttpAnswer> {
  const left = Math.ceil(deadline - performance.now());
  if (left >= order.transport.timeoutMs) return send(order.transport, request, order.transport.timeoutMs, watch);
  return settleBefore(deadline, () => send(order.transport, request, Math.max(1, left), watch), order.maxExecutionMs);
}

/** What the answer means for the run; null when it succeeded. */
function interpret(
  { soap, transport }: RunOrder,
  url: string,
  answer: HttpAnswer,
  progress: Progress,
  isRetry: boolean,
): RunError | null {
  const credentialName = subjectOf({ transport })?.name ?? null;
  const sent = { url, usedToken: progress.issued !== undefined, isRetry, credentialName };
  const { reading } = progress;
  if (!soap || !reading) return interpretAnswer(answer, sent);
  const rule = transport.soap!.settings.tokenExpired;
  progress.isExpired = sent.usedToken && saysTokenExpired(rule, reading, answer.body);
  const { isExpired } = progress;
  return interpretSoapAnswer(answer, reading, { ...sent, isExpired, mayRepeat: soap.call.safeToRepeat });
}

function explain({ runId }: RunOrder, thrown: unknown, progress: Progress): RunError {
  const err = toAppError(thrown);
  const partial = findPartial(err);
  if (partial) progress.partial = { ...partial, redirectedTo: null };
  if (!err.expose) getLog().error({ err: thrown, runId }, "a run failed inside");
  // That is no fault of the credential.
  if (!err.expose || err.code === "database_unavailable") progress.lacksToken = false;
  return toRunError(err);
}

/** A person's own token is not waited for: who ran it is told at once. */
function whyHeld(order: RunOrder, lacksToken: boolean, isRefused: boolean): HoldReason | null {
  if (subjectOf(order)?.type !== "application") return null;
  if (lacksToken) return "token";
  return isRefused ? "service" : null;
}

function describeAttempt(
  { request, transport, soap }: RunOrder,
  startedAt: Date,
  durationMs: number,
  error: RunError | null,
  progress: Progress,
  sent: SentSecrets,
): RunAttempt {
  const { issued = null, answer = null, partial = null, built = null, reading = null } = progress;
  const received = answer ?? partial;
  // What would have been sent, when it did not come to that.
  const shown = progress.request ?? prepareRequest(request);
  return {
    startedAt: startedAt.toISOString(),
    durationMs,
    token: issued && describeToken(issued, startedAt.getTime()),
    proxy: received?.proxy ?? describeProxy(shown.url, shownProxy(transport)),
    request: redactRequest(shown, sent),
    response: received && redactResponse(received, sent),
    error: error && redactError(error, sent),
    soap: soap && describeSoap(soap, transport.soap!, built, reading, answer, sent),
    timing: [...progress.timing.phases],
  };
}

/** The proxy of a request that was not answered is shown without its password, so that stays sealed. */
function shownProxy({ proxy: { settings } }: TransportPlan): OpenProxySettings {
  return settings.mode === "manual" ? { ...settings, password: null } : settings;
}
