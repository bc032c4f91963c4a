import { transportAad } from "#lib/platform/crypto/aad.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { openProxy } from "#lib/platform/net/open-proxy.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import type { NetworkTrace } from "#lib/platform/net/trace.ts";
import type { ClientCertificate } from "#lib/platform/net/trust.ts";
import { openClientCertificate } from "./client-certificate.ts";
import type { TransportPlan } from "./plan.ts";
import { followRedirect, maxRedirects, redirectTarget, type SentRequest } from "./redirect.ts";

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

/** For a check: `trace` is filled with how the request goes, without redirects only; `signal` ends it. */
type Watch = { trace?: NetworkTrace | undefined; signal?: AbortSignal | undefined };

/**
 * Sends a complete request over a transport and follows redirects if the transport says so.
 * @param timeoutMs for all of it, redirects included.
 * @throws AppError of lib/platform/net/request.ts, `redirect_refused`, `secret_unreadable` (the proxy's password, the key of the client certificate)
 */
export function sendHttp(
  plan: TransportPlan,
  request: SentRequest,
  timeoutMs: number,
  watch: Watch = {},
): Promise<HttpAnswer> {
  const proxy = openProxy(plan.proxy, plan.proxyPasswordEnvelope, transportAad(plan.id, "proxyPassword"));
  return sendOver({ ...plan, proxy, clientCertificate: openClientCertificate(plan) }, request, timeoutMs, watch);
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
