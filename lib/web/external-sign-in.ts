import { addressHeader } from "#lib/access/sessions/client-address.ts";
import { openAnswer, readAnswer, sealAnswer } from "#lib/oauth/sign-in/answer.ts";
import { makeSecret } from "#lib/oauth/sign-in/attempts.ts";
import { beginSignIn, isSecret } from "#lib/oauth/sign-in/begin-sign-in.ts";
import { finishSignIn } from "#lib/oauth/sign-in/finish-sign-in.ts";
import type { SignInOutcome, SignInPurpose } from "#lib/oauth/sign-in/model.ts";
import { signOut } from "#lib/oauth/sign-in/sign-out.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { safeReturnTo } from "./return-to.ts";
import {
  authenticateCookies,
  clearSessionCookie,
  createBrowserCookie,
  createSessionCookie,
  readBrowserSecret,
  readJar,
} from "./session-cookie.ts";

// What the routes under app/api/credentials do, on the standard Request and Response, so that tests reach it over a socket.

const callbackPath = "/api/credentials/callback";
/** An answer that a provider posts: a code and little else. */
const maxFormBytes = 65_536;

/**
 * Sends the browser to the provider of a credential profile. Query: `node`, `returnTo`, `mode` (`popup` or `redirect`),
 * `switch=1` to choose another account, `mfa=1` for a second factor in the present session, `test=1` for a mapping test.
 */
export async function beginExternalSignIn(request: Request, credentialId: string): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const jar = readJar(request);
  const address = readAddress(request);
  const browserSecret = readBrowserSecret(jar);
  if (!isSecret(browserSecret)) return requireCookie(new URL(request.url));
  const begun = await beginSignIn({
    credentialId,
    nodeId: query.get("node") || null,
    purpose: readPurpose(query),
    mode: query.get("mode") === "popup" ? "popup" : "redirect",
    returnTo: safeReturnTo(query.get("returnTo")),
    selectAccount: query.get("switch") === "1",
    browserSecret,
    session: await authenticateCookies(jar, address),
    address,
  });
  if (!begun.ok) {
    const cookie = begun.browserSecret && createBrowserCookie(begun.browserSecret);
    return goTo(begun.attemptId ? refusedAttemptPath(begun.attemptId) : refusedPath(begun.refusal.code), cookie);
  }
  return goTo(begun.url, createBrowserCookie(begun.browserSecret));
}

/**
 * Gives the browser its cookie first and has it come back: what sends no cookie begins nothing, so it can't use up what
 * others at its address can begin.
 */
function requireCookie({ pathname, searchParams }: URL): Response {
  if (searchParams.has("cookie")) return goTo(refusedPath("no_cookies"));
  searchParams.set("cookie", "1");
  return goTo(`${pathname}?${searchParams}`, createBrowserCookie(makeSecret()));
}

function readPurpose(query: URLSearchParams): SignInPurpose {
  if (query.get("test") === "1") return "mapping_test";
  return query.get("mfa") === "1" ? "step_up" : "sign_in";
}

/** Finishes what comes back in the URL (response mode query), or was posted before and is picked up now. */
export async function finishExternalSignIn(request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const jar = readJar(request);
  const address = readAddress(request);
  const sealed = query.get("answer");
  try {
    const outcome = await finishSignIn({
      answer: sealed ? openAnswer(sealed, Date.now()) : readAnswer(query),
      browserSecret: readBrowserSecret(jar),
      session: await authenticateCookies(jar, address),
      client: { address, userAgent: request.headers.get("user-agent") ?? "" },
    });
    return goTo(nextPath(outcome), outcome.session ? await createSessionCookie(outcome.session) : null);
  } catch (err) {
    getLog().error({ err }, "a sign-in could not be finished");
    return goTo(refusedPath("internal"));
  }
}

/**
 * Takes an answer that the provider posts (OAuth 2.0 Form Post Response Mode). The browser sends no `SameSite=Lax` cookie
 * with it, so it is sent on to the same address, where it does.
 */
export async function takePostedAnswer(request: Request): Promise<Response> {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers.get("content-type") ?? "");
  if (!isForm || !(length <= maxFormBytes)) return goTo(refusedPath("malformed"));
  const answer = readAnswer(new URLSearchParams(await request.text()));
  if (!answer) return goTo(refusedPath("malformed"));
  return goTo(`${callbackPath}?answer=${encodeURIComponent(sealAnswer(answer, Date.now()))}`);
}

function nextPath({ kind, attemptId, mode, returnTo, refusal }: SignInOutcome): string {
  if (kind === "refused") {
    return attemptId ? refusedAttemptPath(attemptId) : refusedPath(refusal?.code ?? "unknown_attempt");
  }
  if (mode === "popup") return `/signin/done?attempt=${attemptId}`;
  const path = safeReturnTo(returnTo);
  if (kind === "signed_in") return path;
  const url = new URL(path, "http://portal.invalid");
  url.searchParams.set("test", attemptId ?? "");
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Signs out; answers `{url}`: where the browser goes next. Only for pages of this portal. */
export async function signOutExternally(request: Request): Promise<Response> {
  if (request.headers.get("origin") !== new URL(getEnv().url).origin) {
    return Response.json({ message: "This is only for pages of this portal." }, { status: 403, headers: safeHeaders });
  }
  const signedIn = await authenticateCookies(readJar(request), readAddress(request));
  const { url } = signedIn ? await signOut(signedIn) : { url: "/signin" };
  return Response.json({ url }, { headers: { ...safeHeaders, "Set-Cookie": clearSessionCookie() } });
}

const safeHeaders = { "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" };

/** 303: whatever the method was, the next request is a GET (RFC 9110 section 15.4.4). */
function goTo(location: string, cookie: string | null = null): Response {
  const headers = { ...safeHeaders, Location: location, ...(cookie && { "Set-Cookie": cookie }) };
  return new Response(null, { status: 303, headers });
}

const refusedAttemptPath = (attemptId: string) => `/signin/refused?attempt=${attemptId}`;
const refusedPath = (code: string) => `/signin/refused?code=${encodeURIComponent(code)}`;

function readAddress(request: Request): string {
  return request.headers.get(addressHeader) ?? "";
}
