import { encode, getToken } from "next-auth/jwt";
import { usesSecureCookies } from "#lib/access/accounts/next-auth.ts";
import {
  createKnownBrowser,
  knownBrowserSeconds,
  nameKnownBrowser,
  readKnownBrowser,
} from "#lib/access/sessions/known-browser.ts";
import { absoluteMs, authenticateSession, type SignedIn } from "#lib/access/sessions/sessions.ts";
import { getRequired } from "#lib/platform/env/env.ts";

/** Cookies of a request by name. */
export type Jar = Record<string, string>;

/** Reads the cookies of a request: RFC 6265 section 5.4. Of two cookies of one name the first counts, as in Next. */
export function readJar(request: Request): Jar {
  const jar: Jar = Object.create(null);
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (at > 0 && !(name in jar)) jar[name] = pair.slice(at + 1).trim();
  }
  return jar;
}

/**
 * Who is signed in with these cookies, asked of the database; null when nobody is.
 * @param address of the request, for the context.
 */
export async function authenticateCookies(jar: Jar, address: string | null): Promise<SignedIn | null> {
  // getToken wants a request of the pages router but reads only these two.
  const req = { cookies: jar, headers: {} } as Parameters<typeof getToken>[0]["req"];
  const token = await getToken({ req, cookieName: sessionCookieName(), secret: getRequired("NEXTAUTH_SECRET") });
  return typeof token?.sid === "string" ? authenticateSession(token.sid, address) : null;
}

/** `Set-Cookie` of a new session, as next-auth would set it. */
export async function createSessionCookie(made: { userId: string; sessionToken: string }): Promise<string> {
  const maxAge = absoluteMs / 1000;
  const token = { sub: made.userId, sid: made.sessionToken };
  const value = await encode({ token, secret: getRequired("NEXTAUTH_SECRET"), maxAge });
  return writeCookie(sessionCookieName(), value, maxAge);
}

/** `Set-Cookie` that takes a session's cookie away. */
export function clearSessionCookie(): string {
  return writeCookie(sessionCookieName(), "", 0);
}

/** `Set-Cookie` of the secret that binds begun sign-ins to this browser. */
export function createBrowserCookie(secret: string): string {
  return writeCookie(browserCookieName(), secret, 3600);
}

/** The secret that binds begun sign-ins to this browser, null when it has none. */
export function readBrowserSecret(jar: Jar): string | null {
  return jar[browserCookieName()] ?? null;
}

/** The ID of this browser if an account signed in there before, else null. */
export function findKnownBrowser(jar: Jar, userId: string): string | null {
  return readKnownBrowser(jar[knownBrowserCookieName(userId)], userId);
}

/** `Set-Cookie` that says that an account signed in in this browser. */
export function createKnownBrowserCookie(userId: string): string {
  return writeCookie(knownBrowserCookieName(userId), createKnownBrowser(userId), knownBrowserSeconds);
}

function knownBrowserCookieName(userId: string): string {
  return `${usesSecureCookies() ? "__Host-" : ""}${nameKnownBrowser(userId)}`;
}

/** The name of next-auth's session cookie under http or https. */
function sessionCookieName(): string {
  return `${usesSecureCookies() ? "__Secure-" : ""}next-auth.session-token`;
}

/** Under https `__Host-`: no other host of the domain can plant one (RFC 6265bis section 4.1.3.2). */
function browserCookieName(): string {
  return `${usesSecureCookies() ? "__Host-" : ""}sallyport-sign-in`;
}

function writeCookie(name: string, value: string, maxAgeSeconds: number): string {
  const secure = usesSecureCookies() ? "; Secure" : "";
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
}
