import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { createAuthOptions } from "#lib/access/accounts/next-auth.ts";
import { addressHeader } from "#lib/access/sessions/client-address.ts";
import type { AppError, ErrorCode } from "#lib/platform/errors/app-error.ts";
import { authenticateCookies, createKnownBrowserCookie, findKnownBrowser, readJar } from "./session-cookie.ts";

/** Refusals that next-auth would answer with 401 although the password isn't the cause. */
const statuses: Partial<Record<ErrorCode, number>> = { invalid_input: 422, database_unavailable: 503 };

/** Answers the paths of next-auth: signing in with a password, signing out, and who is signed in. */
export async function handleAuth(
  request: NextRequest,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  const { nextauth } = await context.params;
  // next-auth lets any browser write to the server's log there.
  if (nextauth[0] === "_log") return new Response(null, { status: 204 });
  const address = request.headers.get(addressHeader);
  const jar = readJar(request);
  let refusal: AppError | null = null;
  let signedIn: string | null = null;
  const options = createAuthOptions({
    address,
    findSession: () => authenticateCookies(jar, address),
    findBrowser: (userId) => findKnownBrowser(jar, userId),
    onSignedIn: (userId) => {
      signedIn = userId;
    },
    onRefused: (error) => {
      refusal = error;
    },
  });
  const response: Response = await NextAuth(request, context, options);
  if (signedIn) response.headers.append("Set-Cookie", createKnownBrowserCookie(signedIn));
  const status = refusal && statuses[(refusal as AppError).code];
  return status ? new Response(response.body, { status, headers: response.headers }) : response;
}
