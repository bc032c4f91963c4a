import type { Attributes, Context, Span, SpanKind, Tracer } from "@opentelemetry/api";
import { singleton } from "#lib/platform/env/singleton.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { type Correlation, getCorrelation, runCorrelated } from "#lib/platform/log/correlation.ts";

type Api = typeof import("@opentelemetry/api");
/** Set by `startTracing`; one per process, whichever copy of lib asks. */
export const getTracing = () =>
  singleton<{ running: { api: Api; tracer: Tracer } | null }>("tracing", () => ({ running: null }));

/** What a piece of work may say about itself. Never a secret, a name of a person, or a URL with its path. */
export type TracedWork = {
  set: (attributes: Attributes) => void;
  /** The work failed, with this error code. */
  fail: (code: string) => void;
  /** To tell who is called next: `traceparent` of this span; without tracing the caller's own; null without both. */
  traceparent: () => string | null;
};

const untraced: TracedWork = {
  set: () => undefined,
  fail: () => undefined,
  traceparent: () => getCorrelation()?.traceparent ?? null,
};

/**
 * Runs `work` inside a span when tracing is on, and just runs it when it is not. What is thrown ends the span as failed.
 * Work that answers without a promise is answered without one.
 * @param attributes of the span, asked for only when there is one.
 */
export function traced<T>(
  name: string,
  kind: keyof typeof SpanKind,
  attributes: () => Attributes,
  work: (span: TracedWork) => T,
): T {
  const { running } = getTracing();
  if (!running) return work(untraced);
  const { api, tracer } = running;
  const correlation = getCorrelation();
  const parent = findParent(api, correlation);
  const span = tracer.startSpan(name, { kind: api.SpanKind[kind], attributes: attributes() }, parent);
  const inside: Correlation = {
    id: correlation?.id ?? span.spanContext().traceId,
    traceparent: correlation?.traceparent ?? null,
    span: api.trace.setSpan(parent, span),
  };
  const handle = toHandle(api, span);
  const end = <V>(value: V): V => {
    span.end();
    return value;
  };
  const abort = (err: unknown): never => {
    handle.fail(isAppError(err) ? err.code : "internal");
    span.end();
    throw err;
  };
  try {
    const result = runCorrelated(inside, () => work(handle));
    return result instanceof Promise ? (result.then(end, abort) as T) : end(result);
  } catch (err) {
    return abort(err);
  }
}

function toHandle(api: Api, span: Span): TracedWork {
  return {
    set: (attributes) => void span.setAttributes(attributes),
    fail: (code) => {
      span.setAttribute("error.type", code);
      span.setStatus({ code: api.SpanStatusCode.ERROR, message: code });
    },
    traceparent: () => {
      const { traceId, spanId, traceFlags } = span.spanContext();
      return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
    },
  };
}

function findParent(api: Api, correlation: Correlation | undefined): Context {
  if (correlation?.span) return correlation.span as Context;
  if (!correlation?.traceparent) return api.ROOT_CONTEXT;
  const [, traceId, spanId, flags] = correlation.traceparent.split("-") as [string, string, string, string];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return api.trace.setSpanContext(api.ROOT_CONTEXT, context);
}
