import { AppError } from "#lib/platform/errors/app-error.ts";

/** A request on its way. */
export type SentRequest = { method: string; url: string; headers: [string, string][]; body: string | null };

/** How many redirects of one request are followed. */
export const maxRedirects = 5;

const redirectStatuses = [301, 302, 303, 307, 308];
/** What may go to another server; everything else was meant for the first one. */
const harmlessHeaders = ["accept", "accept-language", "user-agent"];

/** Where an answer redirects to (RFC 9110 section 15.4), null when it does not. */
export function redirectTarget(
  answer: { status: number; headers: readonly [string, string][] },
  url: string,
): string | null {
  if (!redirectStatuses.includes(answer.status)) return null;
  const location = answer.headers.find(([name]) => name === "location")?.[1];
  return location && URL.canParse(location, url) ? new URL(location, url).href : null;
}

/**
 * The next request after a redirect. On the same origin everything stays but what RFC 9110 section 15.4 changes: after
 * 303, and after 301 and 302 of a POST, it is a GET without a body. To another origin goes neither the Authorization nor any
 * header that was configured.
 * @throws AppError `redirect_refused` from https to http, to anything but http(s), and where a body would leave its server
 */
export function followRedirect(request: SentRequest, status: number, target: string): SentRequest {
  const from = new URL(request.url);
  const to = new URL(target);
  if (to.protocol !== "https:" && to.protocol !== "http:") {
    throw refuse(from, to, status, "only http and https are followed");
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw refuse(from, to, status, "it leads from https to unencrypted http");
  }
  to.hash = "";
  to.username = "";
  to.password = "";
  const becomesGet = status === 303 ? request.method !== "HEAD" : status <= 302 && request.method === "POST";
  const method = becomesGet ? "GET" : request.method;
  const body = becomesGet ? null : request.body;
  if (to.origin !== from.origin && (body !== null || (method !== "GET" && method !== "HEAD"))) {
    throw refuse(from, to, status, `the ${method} would be sent to another server`);
  }
  const headers = request.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (to.origin !== from.origin) return harmlessHeaders.includes(lower);
    return !becomesGet || !lower.startsWith("content-");
  });
  return { method, url: to.href, headers, body };
}

function refuse(from: URL, to: URL, status: number, why: string): AppError {
  return new AppError(
    "redirect_refused",
    `${from.host} answered ${status} to ${to.host}, which is not followed: ${why}.`,
    {
      hint: "Enter the URL that the service redirects to in the transport.",
    },
  );
}
