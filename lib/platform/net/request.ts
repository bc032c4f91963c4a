import type { Dispatcher } from "undici";
import { getEnv } from "#lib/platform/env/env.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { checkBehindProxy } from "./connecting/behind-proxy.ts";
import { egressDenied } from "./connecting/connect.ts";
import { chooseProxy, explainNoProxy, type ProxyChoice } from "./connecting/proxy.ts";
import { isProxysOwn, refusedByProxy } from "./connecting/proxy-failure.ts";
import { decodeBody, readBody } from "./exchange/body.ts";
import { explainFailure } from "./exchange/exchange-failure.ts";
import { isStaleConnection } from "./exchange/response-guard.ts";
import { StopSignal } from "./exchange/stop-signal.ts";
import { findHeader, listHeader, pairHeaders, prepareHeaders } from "./headers.ts";
import { type InboundResponse, keepPartial } from "./partial-response.ts";
import { createSinglePool, getEgressRules, getPool } from "./pools.ts";
import type { OpenProxySettings } from "./proxy-settings.ts";
import { type PhaseRecorder, timeFirstByte } from "./timing.ts";
import type { NetworkTrace } from "./trace.ts";
import type { ClientCertificate } from "./trust.ts";

export type OutboundRequest = {
  /** Absolute, http or https, without user and password. */
  url: string;
  method: string;
  headers: [string, string][];
  body: string | Uint8Array | null;
  proxy: OpenProxySettings;
  /** PEM certificates trusted beside Node's and SALLYPORT_EXTRA_CA. */
  trustedCa: string | null;
  /** Shown to an https target that asks for one; never to a proxy. */
  clientCertificate?: ClientCertificate | null;
  connectTimeoutMs: number;
  /** From the call to the last byte of the answer. */
  timeoutMs: number;
  maxResponseBytes: number;
  /**
   * Whether the request is sent again on a new connection if the server closes a kept-alive one before it responds; without it, only
   * idempotent methods are (RFC 9112 section 9.3.1).
   */
  isRepeatable?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Is filled with how the request went, step by step; the request then has a connection of its own. */
  trace?: NetworkTrace | undefined;
  /** Gets the phases of the request. Unlike a trace, it changes nothing about the connection. */
  timing?: PhaseRecorder | undefined;
};

/**
 * Sends one HTTP request over a kept-alive connection; the only way out of Sallyport.
 * @throws AppError `invalid_input`, `egress_denied`, `name_not_resolved`, `connection_failed`, `tls_failed`, `timeout`,
 *   `proxy_unreachable`, `proxy_authentication_required`, `proxy_refused`, `proxy_target_unreachable`, `proxy_failed`,
 *   `response_too_large`; each says the host and what to do. After the status line, `findPartial` returns what had arrived.
 */
export async function sendRequest(input: OutboundRequest): Promise<InboundResponse> {
  const url = parseTarget(input.url);
  const { trace } = input;
  const proxy = chooseProxy(url, input.proxy, getEnv());
  if (trace) {
    trace.way = findWay(url, proxy);
    trace.proxy = proxy?.url ?? null;
    trace.noProxyReason = proxy ? null : explainNoProxy(url, input.proxy, getEnv());
  }
  const signal = new StopSignal();
  const timer = setTimeout(() => signal.stop(timedOut(url, input.timeoutMs)), input.timeoutMs);
  const stop = () => signal.stop(endedByCaller(url, input.signal?.reason));
  input.signal?.addEventListener("abort", stop, { once: true });
  if (input.signal?.aborted) stop();
  const exchange: Exchange = { input, url, proxy, signal };
  try {
    if (proxy) await refuseBehindProxy(url);
    if (signal.reason) throw signal.reason;
    try {
      return await sendOnce(exchange, trace !== undefined);
    } catch (cause) {
      const mayRepeat = input.isRepeatable ?? idempotentMethods.has(input.method);
      if (!mayRepeat || signal.reason || !isStaleConnection(cause)) throw cause;
      return await sendOnce(exchange, true);
    }
  } catch (cause) {
    throw explainFailure(cause, signal.reason, url, null);
  } finally {
    clearTimeout(timer);
    input.signal?.removeEventListener("abort", stop);
  }
}

/** RFC 9110 section 9.2.2. */
const idempotentMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

type Exchange = { input: OutboundRequest; url: URL; proxy: ProxyChoice | null; signal: StopSignal };

/** @param isAlone whether the request gets a new connection, which isn't kept. */
async function sendOnce({ input, url, proxy, signal }: Exchange, isAlone: boolean): Promise<InboundResponse> {
  const { trace, timing, maxResponseBytes: limit } = input;
  const { host } = url;
  const { pool, options } = prepareDispatch(input, url, proxy, isAlone);
  try {
    const startedAt = performance.now();
    const ask = () => pool.request({ ...options, signal });
    const response = await (timing ? timeFirstByte(timing, findWay(url, proxy), ask) : ask());
    const headAt = performance.now();
    const headers = pairHeaders(response.headers as unknown as (string | Buffer)[]);
    if (proxy && url.protocol === "http:" && isProxysOwn(response.statusCode, headers)) {
      await response.body.dump({ limit: 65_536 });
      throw refusedByProxy(proxy, response.statusCode, host, listHeader(headers, "proxy-authenticate"));
    }
    if (trace) noteAnswer(trace, response.statusCode, headers, performance.now() - startedAt);
    const arrived = { status: response.statusCode, headers, proxy: proxy?.url ?? "none" };
    const chunks: Buffer[] = [];
    try {
      await readBody(response, { method: input.method, headers, limit, host }, chunks);
      return { ...arrived, ...(await decodeBody(Buffer.concat(chunks), headers, limit, host)) };
    } catch (cause) {
      const failure = explainFailure(cause, signal.reason, url, response.statusCode);
      throw keepPartial(failure, { ...arrived, body: Buffer.concat(chunks) });
    } finally {
      timing?.add("body", headAt);
    }
  } finally {
    if (isAlone) pool.destroy().catch(() => undefined);
  }
}

function findWay(url: URL, proxy: ProxyChoice | null): NonNullable<NetworkTrace["way"]> {
  if (!proxy) return "direct";
  return url.protocol === "https:" ? "tunnel" : "forward";
}

function noteAnswer(trace: NetworkTrace, status: number, headers: [string, string][], wholeMs: number): void {
  const connecting = [trace.toProxy, trace.toHost].reduce(
    (sum, hop) => sum + (hop?.lookupMs ?? 0) + (hop?.connectMs ?? 0) + (hop?.tls?.ms ?? 0),
    trace.tunnel?.ms ?? 0,
  );
  const ms = Math.max(0, wholeMs - connecting);
  trace.answer = { status, ms, date: findHeader(headers, "date"), at: Date.now() - ms / 2 };
}

/** The proxy that a request would take, as it may be shown: for the log of one that failed before an answer. */
export function describeProxy(target: string, settings: OpenProxySettings): string {
  try {
    return chooseProxy(new URL(target), settings, getEnv())?.url ?? "none";
  } catch {
    return "none";
  }
}

function parseTarget(text: string): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw invalidInput([{ field: "url", message: "is not an http:// or https:// URL." }]);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalidInput([{ field: "url", message: "must not hold a user or a password." }]);
  }
  return url;
}

function prepareDispatch(
  input: OutboundRequest,
  url: URL,
  proxy: ProxyChoice | null,
  isAlone: boolean,
): { pool: Dispatcher; options: Dispatcher.RequestOptions } {
  const shared = {
    method: input.method as Dispatcher.HttpMethod,
    headers: prepareHeaders(input.headers),
    body: input.body,
    responseHeaders: "raw" as const,
  };
  const isSecure = url.protocol === "https:";
  const tls = { trustedCa: input.trustedCa, clientCertificate: isSecure ? (input.clientCertificate ?? null) : null };
  const find = (way: Parameters<typeof getPool>[0]) =>
    isAlone
      ? createSinglePool(way, proxy, tls, input.connectTimeoutMs, input.trace)
      : getPool(way, proxy, tls, input.connectTimeoutMs);
  if (!proxy || isSecure) {
    const pool = find(proxy ? "tunnel" : "direct");
    return { pool, options: { ...shared, origin: url.origin, path: url.pathname + url.search } };
  }
  return {
    pool: find("forward"),
    options: forward(shared, url, proxy),
  };
}

/** Plain http through a proxy: the whole URL is the request target (RFC 9112 section 3.2.2). */
function forward<T extends { headers: string[] }>(shared: T, url: URL, proxy: ProxyChoice) {
  const hasHost = shared.headers.some((entry, index) => index % 2 === 0 && entry.toLowerCase() === "host");
  const headers = [...shared.headers, ...(hasHost ? [] : ["host", url.host])];
  if (proxy.authorization) headers.push("proxy-authorization", proxy.authorization);
  // The same for every request, or undici would open a new connection for each other Host.
  const servername = new URL(proxy.url).hostname;
  return { ...shared, headers, origin: proxy.url, path: url.origin + url.pathname + url.search, servername };
}

async function refuseBehindProxy(url: URL): Promise<void> {
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const reason = await checkBehindProxy(getEgressRules(), url.hostname, port);
  if (reason) throw egressDenied(url.hostname, port, reason);
}

function timedOut(url: URL, timeoutMs: number): AppError {
  return new AppError("timeout", `${url.host} did not answer completely within ${timeoutMs} ms.`, {
    hint: "The server may be slow or overloaded; raise the timeout if it is meant to take that long.",
    retryable: true,
  });
}

function endedByCaller(url: URL, cause: unknown): AppError {
  return new AppError("timeout", `The request to ${url.host} was ended before it was answered.`, {
    retryable: true,
    cause,
  });
}
