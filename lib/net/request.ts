import type { Dispatcher } from "undici";
import { getEnv } from "../env.ts";
import { AppError, invalidInput, isAppError } from "../errors.ts";
import type { OpenProxySettings } from "../proxies/model.ts";
import { checkBehindProxy } from "./behind-proxy.ts";
import { decodeBody, readBody } from "./body.ts";
import { egressDenied, refusedByProxy } from "./connect.ts";
import { codeOf } from "./failure.ts";
import { pairHeaders, prepareHeaders } from "./headers.ts";
import { getEgressRules, getPool } from "./pools.ts";
import { chooseProxy, type ProxyChoice } from "./proxy.ts";
import { StopSignal } from "./stop-signal.ts";

export type OutboundRequest = {
  /** Absolute, http or https, without user and password. */
  url: string;
  method: string;
  headers: [string, string][];
  body: string | Uint8Array | null;
  proxy: OpenProxySettings;
  /** PEM certificates trusted beside Node's and SALLYPORT_EXTRA_CA. */
  trustedCa: string | null;
  connectTimeoutMs: number;
  /** From the call to the last byte of the answer. */
  timeoutMs: number;
  maxResponseBytes: number;
  signal?: AbortSignal;
};

/** `proxy` is `none` or the URL of the one used, without credentials. Redirects are answers like any other. */
export type InboundResponse = { status: number; headers: [string, string][]; body: Buffer; proxy: string };

/**
 * Sends one HTTP request over a kept-alive connection; the only way out of Sallyport.
 * @throws AppError `invalid_input`, `egress_denied`, `name_not_resolved`, `connection_failed`, `tls_failed`, `timeout`,
 *   `proxy_failed`, `proxy_authentication_required`, `response_too_large`; each says the host and what to do.
 */
export async function sendRequest(input: OutboundRequest): Promise<InboundResponse> {
  const url = parseTarget(input.url);
  const proxy = chooseProxy(url, input.proxy, getEnv());
  const { pool, options } = prepareDispatch(input, url, proxy);
  const signal = new StopSignal();
  const timer = setTimeout(() => signal.stop(timedOut(url, input.timeoutMs)), input.timeoutMs);
  const stop = () => signal.stop(endedByCaller(url, input.signal?.reason));
  input.signal?.addEventListener("abort", stop, { once: true });
  if (input.signal?.aborted) stop();
  try {
    if (proxy) await refuseBehindProxy(url);
    if (signal.reason) throw signal.reason;
    const response = await pool.request({ ...options, signal });
    const headers = pairHeaders(response.headers as unknown as string[]);
    if (response.statusCode === 407 && proxy && url.protocol === "http:") {
      await response.body.dump({ limit: 65_536 });
      throw refusedByProxy(proxy, 407, "");
    }
    const raw = await readBody(response.body, headers, input.maxResponseBytes, url.host);
    const decoded = await decodeBody(raw, headers, input.maxResponseBytes, url.host);
    return { status: response.statusCode, ...decoded, proxy: proxy?.url ?? "none" };
  } catch (cause) {
    throw explainFailure(cause, signal, url);
  } finally {
    clearTimeout(timer);
    input.signal?.removeEventListener("abort", stop);
  }
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
): { pool: Dispatcher; options: Dispatcher.RequestOptions } {
  const shared = {
    method: input.method as Dispatcher.HttpMethod,
    headers: prepareHeaders(input.headers),
    body: input.body,
    responseHeaders: "raw" as const,
  };
  if (!proxy || url.protocol === "https:") {
    const pool = getPool(proxy ? "tunnel" : "direct", proxy, input.trustedCa, input.connectTimeoutMs);
    return { pool, options: { ...shared, origin: url.origin, path: url.pathname + url.search } };
  }
  return {
    pool: getPool("forward", proxy, input.trustedCa, input.connectTimeoutMs),
    options: forward(shared, url, proxy),
  };
}

/** Plain http through a proxy: the whole URL is the request target (RFC 9112 section 3.2.2). */
function forward<T extends { headers: string[] }>(shared: T, url: URL, proxy: ProxyChoice) {
  const hasHost = shared.headers.some((entry, index) => index % 2 === 0 && entry.toLowerCase() === "host");
  const headers = [...shared.headers, ...(hasHost ? [] : ["host", url.host])];
  if (proxy.authorization) headers.push("proxy-authorization", proxy.authorization);
  // TLS to the proxy is checked against the proxy's name; undici would take it from the Host header.
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

function explainFailure(cause: unknown, signal: StopSignal, url: URL): AppError {
  if (isAppError(cause)) return cause;
  if (signal.reason) return signal.reason;
  const code = codeOf(cause);
  if (code === "UND_ERR_INVALID_ARG") {
    return new AppError(
      "invalid_input",
      `The request to ${url.host} can't be sent as HTTP: method, path or a header is malformed.`,
      { cause },
    );
  }
  const garbled =
    code.startsWith("HPE_") ||
    code === "UND_ERR_HEADERS_OVERFLOW" ||
    (cause instanceof Error && cause.name === "HTTPParserError");
  return new AppError(
    "connection_failed",
    garbled
      ? `${url.host} answered with something that is not HTTP${code === "" ? "" : ` (${code})`}.`
      : `The connection to ${url.host} was lost before the answer was complete${code === "" ? "" : ` (${code})`}.`,
    {
      hint: garbled
        ? "Check the port and the scheme of the URL."
        : "The server or a proxy in between closed it. Try again.",
      retryable: true,
      cause,
    },
  );
}
