import { cookies, headers } from "next/headers";
import { getToken } from "next-auth/jwt";
import { cache } from "react";
import { getRequired } from "../env.ts";
import { addressHeader, pathHeader } from "../identity/client-address.ts";
import { usesSecureCookies } from "../identity/next-auth.ts";
import { authenticateSession, type SignedIn } from "../identity/sessions.ts";

/** Who is signed in, asked of the database once per request; null when nobody is. */
export const getSignedIn = cache(async (): Promise<SignedIn | null> => {
  const jar = Object.fromEntries((await cookies()).getAll().map((cookie) => [cookie.name, cookie.value]));
  const token = await readToken(jar);
  if (typeof token?.sid !== "string") return null;
  return authenticateSession(token.sid, (await headers()).get(addressHeader) || null);
});

/** The name of next-auth's session cookie under http or https. */
function sessionCookieName(): string {
  return `${usesSecureCookies() ? "__Secure-" : ""}next-auth.session-token`;
}

async function readToken(jar: Record<string, string>) {
  // getToken wants a request of the pages router but reads only these two.
  const req = { cookies: jar, headers: {} } as Parameters<typeof getToken>[0]["req"];
  return getToken({ req, cookieName: sessionCookieName(), secret: getRequired("NEXTAUTH_SECRET") });
}

/** Path and query of the page that is asked for, as server.ts passes it. */
export async function getRequestPath(): Promise<string> {
  return (await headers()).get(pathHeader) ?? "/";
}
