import { AppError } from "#lib/platform/errors/app-error.ts";
import { codeOf } from "../exchange/error-code.ts";
import { findHeader } from "../headers.ts";
import type { ProxyChoice } from "./proxy.ts";

/**
 * What the answer of a proxy itself means. 407 (and the 401 of some to CONNECT): it wants other credentials. Another 4xx: it
 * does not let this through. A 5xx: it can't reach the host. 501 and 505: it does not do this at all.
 * @param host with port, that it was to reach.
 * @param challenges values of Proxy-Authenticate.
 */
export function refusedByProxy(
  proxy: ProxyChoice,
  status: number,
  host: string,
  challenges: readonly string[],
): AppError {
  const details = { status };
  if (status === 407 || status === 401) {
    const schemes = readSchemes(challenges);
    if (schemes.length > 0 && !schemes.some((scheme) => scheme.toLowerCase() === "basic")) {
      return new AppError(
        "proxy_authentication_required",
        `The proxy ${proxy.url} requires ${schemes.join(" or ")} authentication, and Sallyport supports only Basic (${status}).`,
        {
          hint: "Have the proxy accept Basic, or let this host through without authentication. A local proxy such as Px or Cntlm can also sign in to it for Sallyport.",
          details,
        },
      );
    }
    const sent = proxy.authorization !== null;
    return new AppError(
      "proxy_authentication_required",
      `The proxy ${proxy.url} ${sent ? "refused its user and password" : "asks for a user and a password"} (${status}).`,
      { hint: sent ? "Check user and password of the proxy." : "Enter user and password of the proxy.", details },
    );
  }
  if (status >= 500 && status !== 501 && status !== 505) {
    return new AppError("proxy_target_unreachable", `The proxy ${proxy.url} can't reach ${host} (${status}).`, {
      hint: "The proxy itself answers. Check the spelling of the host and its port, and whether the proxy's network can reach it.",
      retryable: true,
      details,
    });
  }
  if (status >= 400) {
    return new AppError("proxy_refused", `The proxy ${proxy.url} does not let ${host} through (${status}).`, {
      hint: "Ask the operator of the proxy to allow this host and port.",
      details,
    });
  }
  return new AppError("proxy_failed", `The proxy ${proxy.url} answered ${status}, which is no answer to CONNECT.`, {
    hint: "Check that the address is that of an HTTP proxy.",
    details,
  });
}

/** The authentication schemes of challenges (RFC 9110 section 11.7.1); a value can have several, and parameters have commas, too. */
function readSchemes(challenges: readonly string[]): string[] {
  const schemes = challenges
    .flatMap((value) => value.replace(/"(?:[^"\\]|\\.)*"/g, '""').split(","))
    .map((part) => /^\s*([!#$%&'*+.^_`|~\w-]+)(?!\s*=)(?:\s|$)/.exec(part)?.[1])
    .filter((scheme) => scheme !== undefined);
  return [...new Set(schemes)];
}

/** A proxy that took the connection and then said nothing in time, closed it, or spoke something else. */
export function brokenProxy(proxy: ProxyChoice, host: string, timeoutMs: number, cause: unknown): AppError {
  const isLate = cause instanceof Error && (cause.name === "TimeoutError" || /TIMEOUT/.test(codeOf(cause)));
  return new AppError(
    "proxy_failed",
    `The proxy ${proxy.url} did not open the way to ${host}${isLate ? ` within ${timeoutMs} ms` : ""}.`,
    {
      hint: isLate
        ? "It may be overloaded, or waits for a host that does not answer it."
        : "Some proxies break off like this when they can't reach the host: check its name and port. Check too that the address is an HTTP proxy which allows CONNECT.",
      retryable: true,
      cause,
    },
  );
}

/**
 * Whether the answer to a plain http request through a proxy is the proxy's own, as far as it says so: 407, Proxy-Status with
 * an error (RFC 9209 section 2.1.1), Proxy-Authenticate, or what Squid and tinyproxy put on their own pages. A proxy that says
 * nothing can't be told from the service: then it is the service's answer.
 */
export function isProxysOwn(status: number, headers: readonly [string, string][]): boolean {
  if (status === 407) return true;
  if (status < 400) return false;
  if (status === 401 && findHeader(headers, "proxy-authenticate") !== null) return true;
  if (/;\s*error=/i.test(findHeader(headers, "proxy-status") ?? "")) return true;
  return findHeader(headers, "x-squid-error") !== null || /^tinyproxy\b/i.test(findHeader(headers, "server") ?? "");
}
