import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { singleton } from "#lib/platform/env/singleton.ts";

/** What a piece of work belongs to: one request from outside, or one run that the portal began by itself. */
export type Correlation = {
  /** In log lines, problem documents and runs; safe to show and to log. */
  id: string;
  /** The caller's `traceparent` (W3C Trace Context level 1), null when there was none that can be read. */
  traceparent: string | null;
  /** The span that new ones are children of, as lib/platform/tracing keeps it. */
  span: unknown;
};

const getStore = () => singleton("correlation", () => new AsyncLocalStorage<Correlation>());

/** Ours: as long as a trace id, so that the id of the log is that of the trace. */
function makeId(): string {
  return randomUUID().replaceAll("-", "");
}

const version00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const requestId = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/**
 * What a request says that it belongs to: the trace id of `traceparent`, else `X-Request-Id` if it is at most 64 harmless
 * characters, else an id of our own.
 */
export function readCorrelation(headers: IncomingHttpHeaders): Correlation {
  const traceparent = typeof headers.traceparent === "string" ? headers.traceparent.trim() : "";
  const [, traceId, parentId] = version00.exec(traceparent) ?? [];
  if (traceId && parentId && !/^0+$/.test(traceId) && !/^0+$/.test(parentId)) {
    return { id: traceId, traceparent, span: null };
  }
  const given = headers["x-request-id"];
  return { id: typeof given === "string" && requestId.test(given) ? given : makeId(), traceparent: null, span: null };
}

/** Runs `work`, and everything that it awaits, as part of `correlation`. */
export function runCorrelated<T>(correlation: Correlation, work: () => T): T {
  return getStore().run(correlation, work);
}

/** Runs `work` as part of what runs already, or of something new when it is the beginning. */
export function ensureCorrelated<T>(work: (id: string) => T): T {
  const present = getCorrelation();
  if (present) return work(present.id);
  const id = makeId();
  return runCorrelated({ id, traceparent: null, span: null }, () => work(id));
}

/** Runs `work`, which serves several requests at once, as part of none. */
export function outsideCorrelation<T>(work: () => T): T {
  return getStore().exit(work);
}

/** What the running work belongs to, undefined when to nothing. */
export function getCorrelation(): Correlation | undefined {
  return getStore().getStore();
}
