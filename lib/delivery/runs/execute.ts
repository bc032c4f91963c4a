import type { SoapReading } from "#lib/delivery/soap/model.ts";
import { hostNotAllowed, mayGoTo } from "#lib/delivery/transports/allowed-hosts.ts";
import type { PlannedCredential, TransportPlan } from "#lib/delivery/transports/plan.ts";
import { type HttpAnswer, prepareRequest, send } from "#lib/delivery/transports/send.ts";
import type { IssuedToken, TokenCause } from "#lib/oauth/tokens/model.ts";
import type { Actor } from "#lib/platform/audit/actor.ts";
import { type AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { ensureCorrelated } from "#lib/platform/log/correlation.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { countRun, countSchedule } from "#lib/platform/metrics/count.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { describeProxy } from "#lib/platform/net/request.ts";
import { traced } from "#lib/platform/tracing/traced.ts";
import { addTraceparent, mayTellTrace } from "#lib/platform/tracing/traceparent.ts";
import { describeToken, dropRefusedToken, getFreshToken, openAuthorization, secretsOf } from "./authorization.ts";
import { settleBefore } from "./deadline.ts";
import { trackRun } from "./in-flight.ts";
import { closeEntry, openEntry } from "./in-flight-journal.ts";
import type { HoldReason, Run, RunAttempt, RunError, RunEvent, RunRequest, RunRow } from "./model.ts";
import { interpretAnswer, interpretSoapAnswer, refusedToken, toRunError } from "./outcome.ts";
import { interruption } from "./record-interrupted.ts";
import { redactRequest, redactResponse, removeForms, secretForms } from "./redact.ts";
import { describeSoap } from "./soap/soap-receipt.ts";
import { type BuiltCall, buildSoapRequest, checkSoapUsable, readAnswer, type SoapOrder } from "./soap.ts";
import { recordRun, requireRoom } from "./store.ts";
import { saysTokenExpired } from "./token/token-expired.ts";

/** A run to be made: what to send over which transport, for whom. Holds no secret. */
export type RunOrder = {
  /** UUIDv7, made by the caller since a template may name it. */
  runId: string;
  event: RunEvent;
  /** Since when it waited in a queue; left out for a run that did not. ISO 8601, as the next one. */
  queuedAt?: string;
  /** Until when it was held at most; left out for a run that was not. */
  heldUntil?: string;
  /** Of a schedule: the time that it was due at. */
  dueAt?: string;
  /** Who fired it: receipts show the name, and a User credential sends the own token. */
  actor: Actor;
  trigger: { id: string; name: string } | null;
  /** Where the trigger is (or, for a test, the transport), which decides who may read the run. */
  node: { id: string; name: string; path: readonly string[] };
  transport: TransportPlan;
  /** Of a WS_SOAP transport only where it goes: the envelope is built for each attempt, from `soap`. */
  request: RunRequest;
  soap: SoapOrder | null;
  /** From the start to the last byte of the answer, in milliseconds. */
  maxExecutionMs: number;
};

/** One attempt with what its receipt does not hold. */
type Attempt = {
  attempt: RunAttempt;
  issued: IssuedToken | null;
  /** Whether the service refused the token. */
  refused: boolean;
  /** Whether the request may be sent once more then. */
  mayRepeat: boolean;
  /** On what it failed, if the run may be made again when the credential works: the service did nothing. */
  held: HoldReason | null;
};

/** How a run comes into the database; it returns when it is committed. */
type Record = (row: RunRow) => Promise<void>;

/**
 * Holds a run that failed on authentication, to be made again; it returns it as it is held, when that is committed, and null when it is
 * to end as failed.
 */
export type Hold = (row: RunRow, reason: HoldReason) => Promise<Run | null>;

type Handling = { record?: Record; hold?: Hold | null };

/**
 * Makes a run: token, Authorization, request, outcome, record. It returns when the run is committed, whether it succeeded or
 * not. A service that refuses the token gets one more request with a fresh one: always after a 401, which says that nothing was done;
 * after a SOAP answer that tells of an expired token only where the call is safe to repeat.
 * @throws AppError `database_unavailable` when the run could not be recorded
 */
export function executeRun(order: RunOrder, handling: Handling = {}): Promise<Run> {
  return ensureCorrelated((correlationId) =>
    traced(
      "run",
      "INTERNAL",
      () => describeOrder(order),
      async (span) => {
        const run = await trackRun(makeRun(order, correlationId, handling));
        if (run.error) span.fail(run.error.code);
        return run;
      },
    ),
  );
}

async function makeRun(order: RunOrder, correlationId: string, { record, hold }: Handling): Promise<Run> {
  requireRoom();
  const startedAt = new Date();
  const began = performance.now();
  if (order.dueAt) countSchedule(startedAt.getTime() - Date.parse(order.dueAt));
  const deadline = began + order.maxExecutionMs;
  const secrets: string[] = [];
  // What is recorded in another way has its trace already.
  const entry = record ? undefined : await openEntry(describeStart(order, correlationId, startedAt));
  const attempts = [await attemptRequest(order, deadline, secrets, false)];
  const { refused, mayRepeat, issued } = attempts[0]!;
  if (refused && issued && (await dropRefused(order, issued)) && mayRepeat) {
    attempts.push(await attemptRequest(order, deadline, secrets, true));
  }
  const run = toRun({ order, correlationId, startedAt, durationMs: Math.round(performance.now() - began), attempts });
  const row = { run, nodePath: order.node.path };
  const held = hold ? await holdRun(row, attempts.at(-1)!, hold) : null;
  if (held) {
    if (entry) closeEntry(entry);
    return held;
  }
  countRun(run);
  await (record ? record(row) : recordRun(row, entry));
  return run;
}

/** What can't be held ends as it failed. */
async function holdRun(row: RunRow, { held }: Attempt, hold: Hold): Promise<Run | null> {
  if (!held) return null;
  try {
    return await hold(row, held);
  } catch (err) {
    getLog().error({ err, runId: row.run.id }, "a run could not be held");
    return null;
  }
}

/** The run as it is recorded when its process is killed in the middle of it. */
function describeStart(order: RunOrder, correlationId: string, startedAt: Date): RunRow {
  const request = redactRequest({ ...order.request, headers: [], body: null }, []);
  const attempt = {
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    token: null,
    proxy: "none",
    request,
    response: null,
    error: interruption,
    soap: null,
  };
  const attempts = [{ attempt, issued: null, refused: false, mayRepeat: false, held: null }];
  const run = toRun({ order, correlationId, startedAt, durationMs: 0, attempts });
  return { run, nodePath: order.node.path };
}

/** Records a run that was refused before anything was sent; returns it when it is committed. */
export async function recordRefusal(order: RunOrder, refusal: AppError): Promise<Run> {
  const run = unsentRun(order, refusal);
  countRun(run);
  await recordRun({ run, nodePath: order.node.path });
  return run;
}

/**
 * A run of which nothing was sent.
 * @param refusal why it was not; null for a run that is queued.
 */
export function unsentRun(order: RunOrder, refusal: AppError | null): Run {
  return ensureCorrelated((correlationId) => toUnsentRun(order, refusal, correlationId));
}

function toUnsentRun(order: RunOrder, refusal: AppError | null, correlationId: string): Run {
  const startedAt = new Date();
  const request = redactRequest(prepareRequest(order.request, { kind: "none" }), []);
  const error = refusal && toRunError(refusal);
  const attempt = {
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    token: null,
    proxy: "none",
    request,
    response: null,
    error,
    soap: null,
  };
  const attempts = [{ attempt, issued: null, refused: false, mayRepeat: false, held: null }];
  const run = toRun({ order, correlationId, startedAt, durationMs: 0, attempts });
  return { ...run, attempts: 0, status: refusal ? "failed" : "queued" };
}

/** Whether a refused token made room for another one; a run whose token can't be dropped ends with the refusal. */
async function dropRefused(order: RunOrder, issued: IssuedToken): Promise<boolean> {
  try {
    return await dropRefusedToken(toSubject(order)!, issued);
  } catch (err) {
    getLog().error({ err, runId: order.runId }, "a refused token could not be dropped");
    return false;
  }
}

/** @param isRetry whether the token was renewed since the service refused the one before. */
async function attemptRequest(
  order: RunOrder,
  deadline: number,
  secrets: string[],
  isRetry: boolean,
): Promise<Attempt> {
  const startedAt = new Date();
  const began = performance.now();
  let issued: IssuedToken | null = null;
  let request: RunRequest | null = null;
  let built: BuiltCall | null = null;
  let answer: HttpAnswer | null = null;
  let reading: SoapReading | null = null;
  let isExpired = false;
  let lacksToken = false;
  let error: RunError | null = null;
  try {
    checkUsable(order);
    const subject = toSubject(order);
    if (subject) {
      lacksToken = true;
      const given = traceToken(subject, () =>
        settleBefore(deadline, () => getFreshToken(subject, toCause(order), order.actor), order.maxExecutionMs),
      );
      issued = given instanceof Promise ? await given : given;
      lacksToken = false;
    }
    const authorization = openAuthorization(order.transport, issued);
    secrets.push(...secretsOf(authorization));
    if (order.soap) {
      built = buildSoapRequest(order.soap, order.transport, startedAt);
      secrets.push(...built.secrets);
    }
    const prepared = prepareRequest(built?.request ?? order.request, authorization);
    request = prepared;
    answer = await traced(
      "send",
      "CLIENT",
      () => describeSend(prepared),
      async (span) => {
        if (mayTellTrace(prepared.url)) prepared.headers = addTraceparent(prepared.headers, span.traceparent());
        const answered = await sendWithin(order, prepared, deadline);
        span.set({ "http.response.status_code": answered.status });
        return answered;
      },
    );
    const sent = { url: request.url, usedToken: issued !== null, isRetry, credentialName: subject?.name ?? null };
    if (order.soap) {
      const soap = order.transport.soap!;
      reading = readAnswer(order.soap, soap, answer);
      isExpired = sent.usedToken && saysTokenExpired(soap.settings.tokenExpired, reading, answer.body);
      error = interpretSoapAnswer(answer, reading, { ...sent, isExpired, mayRepeat: order.soap.call.safeToRepeat });
    } else error = interpretAnswer(answer, sent);
  } catch (thrown) {
    const appError = toAppError(thrown);
    if (!appError.expose) getLog().error({ err: thrown, runId: order.runId }, "a run failed inside");
    // That is no fault of the credential.
    if (!appError.expose || appError.code === "database_unavailable") lacksToken = false;
    error = toRunError(appError);
  }
  const forms = secretForms(secrets);
  const isRefused = answer !== null && refusedToken(answer, { usedToken: issued !== null });
  // What would have been sent, when it did not come to that.
  const shown = request ?? prepareRequest(order.request, { kind: "none" });
  return {
    issued,
    refused: isRefused || isExpired,
    mayRepeat: isRefused || (order.soap?.call.safeToRepeat ?? false),
    held: whyHeld(order, lacksToken, isRefused || (isExpired && (order.soap?.call.safeToRepeat ?? false))),
    attempt: {
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - began),
      token: issued && describeToken(issued, startedAt.getTime()),
      proxy: answer?.proxy ?? describeProxy(shown.url, shownProxy(order.transport)),
      request: redactRequest(shown, forms),
      response: answer && redactResponse(answer, forms),
      // It may quote the service.
      error: error && { ...error, message: removeForms(error.message, forms) },
      soap: order.soap && describeSoap(order.soap, order.transport.soap!, built, reading, answer, forms),
    },
  };
}

/** A person's own token is not waited for: who ran it is told at once. */
function whyHeld(order: RunOrder, lacksToken: boolean, isRefused: boolean): HoldReason | null {
  if (toSubject(order)?.type !== "application") return null;
  if (lacksToken) return "token";
  return isRefused ? "service" : null;
}

/** Asks for the token inside a span; one that is in memory comes without a promise. */
function traceToken(subject: PlannedCredential, ask: () => IssuedToken | Promise<IssuedToken>) {
  const describe = () => ({ "sallyport.credential.id": subject.id, "sallyport.credential.name": subject.name });
  return traced("token", "INTERNAL", describe, (span) => {
    const describeToken = (issued: IssuedToken) => {
      span.set({ "sallyport.token.source": issued.source });
      return issued;
    };
    const given = ask();
    return given instanceof Promise ? given.then(describeToken) : describeToken(given);
  });
}

function describeOrder({ runId, event, trigger, transport, node }: RunOrder) {
  return {
    "sallyport.run.id": runId,
    "sallyport.run.event": event,
    "sallyport.trigger.id": trigger?.id,
    "sallyport.trigger.name": trigger?.name,
    "sallyport.transport.id": transport.id,
    "sallyport.transport.name": transport.name,
    "sallyport.node.id": node.id,
  };
}

/** Only where it goes: path and query are the request's own, and may hold what nobody else should see. The receipt has them. */
function describeSend({ method, url }: RunRequest) {
  const { hostname, port, protocol } = new URL(url);
  return {
    "http.request.method": method,
    "url.scheme": protocol.slice(0, -1),
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
  };
}

/** Refuses before a token is asked for what could not be sent anyway. */
function checkUsable({ transport, request, soap }: RunOrder): void {
  if (soap) checkSoapUsable(transport.soap!, soap.call);
  const { authorization } = transport;
  if (authorization.kind !== "credential") return;
  if (!mayGoTo(authorization.credential, request.url)) {
    throw hostNotAllowed(authorization.credential, request.url);
  }
}

/** For the credential's event log. */
function toCause({ trigger, actor, runId }: RunOrder): TokenCause {
  return { cause: trigger ? `trigger ${trigger.name}` : actor.name, runId };
}

function toSubject({ transport }: RunOrder): PlannedCredential | null {
  return transport.authorization.kind === "credential" ? transport.authorization.credential : null;
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

type Made = { order: RunOrder; correlationId: string; startedAt: Date; durationMs: number; attempts: Attempt[] };

function toRun({ order, correlationId, startedAt, durationMs, attempts }: Made): Run {
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
    actor: order.actor.name,
    status: attempt.error ? "failed" : "succeeded",
    queuedAt: order.queuedAt ?? null,
    dueAt: order.dueAt ?? null,
    heldUntil: order.heldUntil ?? null,
    startedAt: startedAt.toISOString(),
    durationMs,
    attempts: attempts.length,
    proxy: attempt.proxy,
    token: attempt.token,
    request: attempt.request,
    response: attempt.response,
    error: attempt.error,
    soap: attempt.soap,
    attemptLog: attempts.length > 1 ? attempts.map((each) => each.attempt) : [],
    correlationId,
  };
}
