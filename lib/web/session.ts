import { cookies, headers } from "next/headers";
import { cache } from "react";
import { addressHeader, pathHeader } from "#lib/access/sessions/client-address.ts";
import type { SignedIn } from "#lib/access/sessions/sessions.ts";
import { readSignInResult, type SignInResult } from "#lib/oauth/sign-in/sign-in-result.ts";
import { authenticateCookies, type Jar, readBrowserSecret } from "./session-cookie.ts";

/** Who is signed in, asked of the database once per request; null when nobody is. */
export const getSignedIn = cache(
  async (): Promise<SignedIn | null> =>
    authenticateCookies(await readJar(), (await headers()).get(addressHeader) || null),
);

/**
 * How a sign-in at a provider ended, for the pages after it; told only to the browser that began it.
 * @param query as the callback put it into the page's URL.
 */
export async function getSignInResult(query: { attempt?: string; code?: string }): Promise<SignInResult> {
  return readSignInResult(query, readBrowserSecret(await readJar()));
}

async function readJar(): Promise<Jar> {
  return Object.fromEntries((await cookies()).getAll().map((cookie) => [cookie.name, cookie.value]));
}

/** Path and query of the page that is asked for, as server.ts passes it. */
export async function getRequestPath(): Promise<string> {
  return (await headers()).get(pathHeader) ?? "/";
}
