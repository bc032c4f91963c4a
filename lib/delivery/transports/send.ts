import { openTrustedCa } from "#lib/oauth/network/named-route.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { openProxy } from "#lib/platform/net/open-proxy.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import type { PhaseRecorder } from "#lib/platform/net/timing.ts";
import type { NetworkTrace } from "#lib/platform/net/trace.ts";
import type { ClientCertificate } from "#lib/platform/net/trust.ts";
import { encodeBody } from "./encode-body.ts";
import type { TransportPlan } from "./plan.ts";
import { followRedirect, maxRedirects, redirectTarget, type SentRequest } from "./sending/redirect.ts";

/** An answer. `redirectedTo` is where it came from in the end, null when no redirect was followed. */
export type HttpAnswer = {
  status: number;
  headers: [string, string][];
  body: Buffer;
  /** `none` or the proxy's URL without credentials. */
  proxy: string;
  redirectedTo: string | null;
};

/** How a server is reached, passwords opened. */
export type OpenConnection = {
  proxy: OpenProxySettings;
  trustedCa: string | null;
  /** Shown to the server of the first request, never to one that it redirects to. */
  clientCertificate: ClientCertificate | null;
  connectTimeoutMs: number;
  maxResponseBytes: number;
  followRedirects: boolean;
};

/**
 * For a check: `trace` is filled with how the request goes, without redirects only; `signal` ends it. `timing` gets the phases, of
 * redirected requests too.
 */
type Watch = { trace?: NetworkTrace | undefined; signal?: AbortSignal | undefined; timing?: PhaseRecorder | undefined };

/**
 * The URL of a request: the transport's, then the path, then the transport's own query and the given one.
 * @param base absolute, without fragment.
 * @param path begins with / or is empty; complete and encoded.
 * @param search encoded pairs without the leading ?, may be empty.
 */
export function joinUrl(base: string, path: string, search: string): string {
  const mark = base.indexOf("?");
  const origin = mark === -1 ? base : base.slice(0, mark);
  const own = mark === -1 ? "" : base.slice(mark + 1);
  const query = [own, search].filter(Boolean).join("&");
  return new URL(`${path === "" ? origin : origin.replace(/\/$/, "")}${path}${query ? `?${query}` : ""}`).href;
}

/** Said to the service unless the request says otherwise. */
const defaultHeaders: [string, string][] = [
  ["accept", "*/*"],
  ["user-agent", "Sallyport"],
];

/**
 * The request as it goes out, with Sallyport's own headers.
 * @param authorization the Authorization header of `authorize()`, if any.
 */
export function prepareRequest<R extends SentRequest>(request: R, authorization: [string, string][] = []): R {
  const given = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const added = defaultHeaders.filter(([name]) => !given.has(name));
  return { ...request, headers: [...request.headers, ...added, ...authorization] };
}

/**
 * Sends a prepared request over a transport, HTTP or WS_SOAP, and follows redirects if the transport says so.
 * @param timeoutMs for all of it, redirects included.
 * @throws AppError of lib/platform/net/request.ts, `redirect_refused`, `secret_unreadable` (the proxy's password, a named certificate authority, the key of the client certificate)
 */
export function send(
  plan: TransportPlan,
  request: SentRequest,
  timeoutMs: number,
  watch: Watch = {},
): Promise<HttpAnswer> {
  return sendOver(openConnection(plan), request, timeoutMs, watch);
}

/**
 * How the server of a transport is reached.
 * @throws AppError `secret_unreadable`
 */
export function openConnection(plan: TransportPlan): OpenConnection {
  const { aads, clientCertificate: certificate, clientKeyEnvelope } = plan;
  const hasCertificate = certificate !== null && clientKeyEnvelope !== null;
  return {
    ...plan,
    proxy: openProxy(plan.proxy),
    trustedCa: openTrustedCa(plan.trustedCa, plan.namedCa),
    clientCertificate: hasCertificate ? { certificate, key: openSecret(clientKeyEnvelope, aads.clientKey) } : null,
  };
}

/**
 * The same over a connection that need not be stored.
 * @throws AppError of lib/platform/net/request.ts, `redirect_refused`
 */
export async function sendOver(
  connection: OpenConnection,
  request: SentRequest,
  timeoutMs: number,
  watch: Watch = {},
): Promise<HttpAnswer> {
  const { proxy, trustedCa, connectTimeoutMs, maxResponseBytes } = connection;
  const deadline = performance.now() + timeoutMs;
  let current = request;
  let { clientCertificate } = connection;
  for (let hops = 0; ; hops++) {
    const left = Math.max(1, Math.ceil(deadline - performance.now()));
    const answer = await sendRequest({
      ...current,
      body: current.body === null ? null : encodeBody(current.body, current.headers),
      proxy,
      trustedCa,
      clientCertificate,
      connectTimeoutMs,
      timeoutMs: left,
      maxResponseBytes,
      ...watch,
    });
    const target = connection.followRedirects ? redirectTarget(answer, current.url) : null;
    if (target === null) return { ...answer, redirectedTo: hops === 0 ? null : current.url };
    if (hops === maxRedirects) {
      throw new AppError("redirect_refused", `The service redirected more than ${maxRedirects} times.`, {
        hint: "Its redirects may run in a circle. Enter the final URL in the transport.",
      });
    }
    current = followRedirect(current, answer.status, target);
    // Like headers, it does not come back with a redirect that leads back.
    if (new URL(target).origin !== new URL(request.url).origin) clientCertificate = null;
  }
}
