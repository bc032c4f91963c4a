import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Set by server.ts on each request for a page, overwriting what a client sent; the root layout reads them. */
export const scriptNonceHeader = "x-sallyport-script-nonce";
export const styleNonceHeader = "x-sallyport-style-nonce";

/** Two, because the page's own code has to know the one of styles: knowing it allows no script. */
export type Nonces = { script: string; style: string };

/** New nonces for one answer, 128 random bits each (CSP level 3, section 2.3.1). */
export function makeNonces(): Nonces {
  return { script: randomBytes(16).toString("base64"), style: randomBytes(16).toString("base64") };
}

/**
 * Hands nonces to the page in headers that no client can set. Next itself takes the one for its scripts out of the policy
 * on the request.
 */
export function markNonces(headers: IncomingHttpHeaders, nonces: Nonces, policy: string | undefined): void {
  headers[scriptNonceHeader] = nonces.script;
  headers[styleNonceHeader] = nonces.style;
  headers["content-security-policy"] = policy;
  delete headers["content-security-policy-report-only"];
}

type PageSettings = {
  path: string;
  nonces: Nonces;
  /** Whether the public URL is https. */
  secure: boolean;
  development: boolean;
};

/**
 * The Content-Security-Policy of a page: scripts run by nonce alone (what they load themselves follows from
 * `strict-dynamic`), style elements by theirs; style attributes are everywhere in Mantine. Nobody may frame a page.
 */
export function contentSecurityPolicy({ nonces, secure, development }: Omit<PageSettings, "path">): string {
  const directives = [
    "default-src 'self'",
    // React explains errors with eval in development; nowhere else is it allowed.
    `script-src 'nonce-${nonces.script}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "script-src-attr 'none'",
    // Next's own panel of development brings styles without a nonce.
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonces.style}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    ...(secure ? ["upgrade-insecure-requests"] : []),
  ];
  return directives.join("; ");
}

/** What goes with everything that the portal answers. */
function commonHeaders(secure: boolean): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    ...(secure && { "strict-transport-security": "max-age=31536000" }),
  };
}

/** Answers to programs are no documents: whoever opens one in a browser gets text that can do nothing. */
export function apiHeaders(secure: boolean): Record<string, string> {
  return { ...commonHeaders(secure), "content-security-policy": "default-src 'none'; frame-ancestors 'none'" };
}

/** The headers of a page, an action or one of its files. */
export function pageHeaders(settings: PageSettings): Record<string, string> {
  return {
    ...commonHeaders(settings.secure),
    "content-security-policy": contentSecurityPolicy(settings),
    "cross-origin-opener-policy": openerPolicy(settings.path),
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()",
    "x-permitted-cross-domain-policies": "none",
  };
}

/**
 * A page keeps its hold on a window that it opens for a sign-in at a provider, and nobody else gets one on it. In that
 * window every stop on the way has to be without a policy (HTML standard, 7.1.3.1), or it loses the page that opened it
 * and can't tell it that the sign-in is done.
 */
function openerPolicy(path: string): string {
  return isSignInWindow(path) ? "unsafe-none" : "same-origin-allow-popups";
}

/** Paths that are shown in the window of a sign-in at a provider: there, back, and the page that ends it. */
export function isSignInWindow(path: string): boolean {
  return /^\/(api\/credentials|signin)\/./.test(path);
}
