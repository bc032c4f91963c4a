import type { IncomingHttpHeaders } from "node:http";

/** The largest body that a page's action takes; the largest form has a trigger's request template in it. */
export const maxPageBodyBytes = 1_048_576;

/** Why a request for a page is refused before anything is read of it. */
export type RequestRefusal = { status: 403 | 411 | 413; message: string };

type PageRequest = { method: string; path: string; headers: IncomingHttpHeaders };

/** Where a provider lets the browser post its answer to (OAuth 2.0 Form Post Response Mode); `state` says whose it is. */
const postedFromProviders = /^\/api\/credentials\/callback(\?|$)/;

/**
 * The fence in front of pages and actions: nothing that changes something may come from another site (also not from a
 * neighbour under the same domain), and no body may be larger than a form is. Next and next-auth have their own checks of the
 * first one behind it; programs have their keys instead of cookies and don't come here.
 * @param portalOrigin of the public URL, for reverse proxies that put a Host of their own.
 */
export function refuseRequest({ method, path, headers }: PageRequest, portalOrigin: string): RequestRefusal | null {
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return null;
  if (!postedFromProviders.test(path) && isFromElsewhere(headers, portalOrigin)) {
    return { status: 403, message: "This request came from another site. Open Sallyport itself and try again." };
  }
  if (headers["transfer-encoding"] !== undefined) {
    return { status: 411, message: "A body needs a Content-Length." };
  }
  if (Number(headers["content-length"] ?? 0) > maxPageBodyBytes) {
    return { status: 413, message: `A request may have ${maxPageBodyBytes} bytes at most.` };
  }
  return null;
}

/** By Sec-Fetch-Site, which every current browser sends, and by Origin for those that don't (Fetch standard, 3.1). */
function isFromElsewhere(headers: IncomingHttpHeaders, portalOrigin: string): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const { origin } = headers;
  if (origin === undefined) return false;
  return origin !== portalOrigin && URL.parse(origin)?.host !== headers.host;
}
