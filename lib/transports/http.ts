import { AppError } from "../errors.ts";
import { sendRequest } from "../net/request.ts";
import { openProxy } from "../proxies/open.ts";
import type { TransportPlan } from "./plan.ts";
import { followRedirect, maxRedirects, redirectTarget, type SentRequest } from "./redirect.ts";
import { secretPlace } from "./secret-place.ts";

/** An answer. `redirectedTo` is where it came from in the end, null when no redirect was followed. */
export type HttpAnswer = {
  status: number;
  headers: [string, string][];
  body: Buffer;
  /** `none` or the proxy's URL without credentials. */
  proxy: string;
  redirectedTo: string | null;
};

/**
 * Sends a complete request over an HTTP transport and follows redirects if the transport says so.
 * @param timeoutMs for all of it, redirects included.
 * @throws AppError of lib/net/request.ts, `redirect_refused`, `secret_unreadable` (the proxy's password)
 */
export async function sendHttp(plan: TransportPlan, request: SentRequest, timeoutMs: number): Promise<HttpAnswer> {
  const proxy = openProxy(plan.proxy, plan.proxyPasswordEnvelope, secretPlace(plan.id, "proxyPassword"));
  const deadline = performance.now() + timeoutMs;
  let current = request;
  for (let hops = 0; ; hops++) {
    const answer = await sendRequest({
      ...current,
      proxy,
      trustedCa: plan.trustedCa,
      connectTimeoutMs: plan.connectTimeoutMs,
      timeoutMs: Math.max(1, Math.ceil(deadline - performance.now())),
      maxResponseBytes: plan.maxResponseBytes,
    });
    const target = plan.followRedirects ? redirectTarget(answer, current.url) : null;
    if (target === null) return { ...answer, redirectedTo: hops === 0 ? null : current.url };
    if (hops === maxRedirects) {
      throw new AppError("redirect_refused", `The service redirected more than ${maxRedirects} times.`, {
        hint: "Its redirects may run in a circle. Enter the final URL in the transport.",
      });
    }
    current = followRedirect(current, answer.status, target);
  }
}
