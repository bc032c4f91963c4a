import type { PlannedCredential, TransportPlan } from "#lib/delivery/transports/plan.ts";
import { prepareRequest } from "#lib/delivery/transports/send.ts";
import type { Actor } from "#lib/platform/audit/actor.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { ensureCorrelated } from "#lib/platform/log/correlation.ts";
import { nothingSent } from "#lib/platform/redaction/echoes.ts";
import { keepVariables } from "./kept-variables.ts";
import type { Run, RunAttempt, RunError, RunEvent, RunRequest } from "./model.ts";
import { toRunError } from "./outcome.ts";
import { interruption } from "./record-interrupted.ts";
import { redactRequest } from "./redact.ts";
import type { SoapOrder } from "./soap.ts";

/** A run to be made: what to send over which transport, for whom. Its secrets are still sealed. */
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
  /** What a trigger's templates were rendered with; left out for a test. */
  variables?: Record<string, unknown>;
  /** From the start to the last byte of the answer, in milliseconds. */
  maxExecutionMs: number;
};

/** The credential whose token a run sends, null when it sends none. */
export function subjectOf({ transport }: Pick<RunOrder, "transport">): PlannedCredential | null {
  return transport.authorization.kind === "credential" ? transport.authorization.credential : null;
}

type Made = {
  order: RunOrder;
  correlationId: string;
  startedAt: Date;
  durationMs: number;
  attempts: readonly RunAttempt[];
};

/** The run that an order became, by its attempts. */
export function toRun({ order, correlationId, startedAt, durationMs, attempts }: Made): Run {
  const attempt = attempts.at(-1)!;
  const credential = subjectOf(order);
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
    timing: attempt.timing,
    attemptLog: attempts.length > 1 ? [...attempts] : [],
    variables: order.variables ? keepVariables(order.variables, attempt.request) : null,
    correlationId,
  };
}

/** A run as it is recorded when its process is killed in the middle of it. */
export function interruptedRun(order: RunOrder, correlationId: string, startedAt: Date): Run {
  const request = { ...order.request, headers: [], body: null };
  const attempts = [withoutResponse(request, interruption, startedAt)];
  return toRun({ order, correlationId, startedAt, durationMs: 0, attempts });
}

/**
 * A run of which nothing was sent.
 * @param refusal why it was not; null for a run that is queued.
 */
export function unsentRun(order: RunOrder, refusal: AppError | null): Run {
  return ensureCorrelated((correlationId) => {
    const startedAt = new Date();
    const request = prepareRequest(order.request);
    const attempts = [withoutResponse(request, refusal && toRunError(refusal), startedAt)];
    const run = toRun({ order, correlationId, startedAt, durationMs: 0, attempts });
    return { ...run, attempts: 0, status: refusal ? "failed" : "queued" };
  });
}

function withoutResponse(request: RunRequest, error: RunError | null, startedAt: Date): RunAttempt {
  return {
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    token: null,
    proxy: "none",
    request: redactRequest(request, nothingSent),
    response: null,
    error,
    soap: null,
    timing: null,
  };
}
