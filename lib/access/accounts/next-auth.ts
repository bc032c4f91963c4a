import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { addressHeader } from "#lib/access/sessions/client-address.ts";
import { absoluteMs, authenticateSession } from "#lib/access/sessions/sessions.ts";
import { toEdgeError } from "#lib/platform/edges/edge-error.ts";
import { getEnv, getRequired } from "#lib/platform/env/env.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { signInLocally } from "./local/sign-in-locally.ts";
import { revokeSession } from "./revoke-session.ts";

/** Whether cookies are `Secure` and carry the `__Secure-` prefix: the public URL is https. */
export function usesSecureCookies(): boolean {
  return getEnv().url.startsWith("https://");
}

type AuthRequest = {
  /** Of the client, for the audit record of a sign-out. */
  address: string | null;
  /** Finds the session that this browser has. */
  findSession: () => Promise<{ sessionId: string } | null>;
  /** The ID of this browser if the account signed in there before, else null. */
  findBrowser: (userId: string) => string | null;
  onSignedIn: (userId: string) => void;
  /** Gets the error of a refused sign-in. */
  onRefused: (error: AppError) => void;
};

/**
 * next-auth's options, made for each request. The cookie holds an encrypted JWT with nothing but the session's token
 * (`sid`); whether it still counts is asked of the database each time.
 */
export function createAuthOptions(request: AuthRequest): NextAuthOptions {
  const { address } = request;
  return {
    secret: getRequired("NEXTAUTH_SECRET"),
    useSecureCookies: usesSecureCookies(),
    session: { strategy: "jwt", maxAge: absoluteMs / 1000 },
    pages: { signIn: "/signin", error: "/signin", signOut: "/signin" },
    providers: [localAccounts(request)],
    callbacks: {
      jwt: async ({ token, user, trigger }) => {
        if (trigger === "signIn") return { sub: user.id, sid: (user as { sessionToken?: string }).sessionToken };
        const signedIn = await authenticateSession(String(token.sid), null);
        if (!signedIn) throw new Error("the session has ended");
        return { sub: token.sub, sid: token.sid };
      },
      session: ({ session, token }) => ({ expires: session.expires, user: { name: token.sub ?? null } }),
      redirect: ({ url, baseUrl }) => (url.startsWith("/") && !url.startsWith("//") ? `${baseUrl}${url}` : baseUrl),
    },
    events: {
      signOut: async ({ token }) => {
        const signedIn = typeof token?.sid === "string" ? await authenticateSession(token.sid, address) : null;
        if (signedIn) await revokeSession(signedIn.ctx, signedIn.sessionId);
      },
    },
    logger: {
      error: (code) => getLog().debug({ code }, "next-auth"),
      warn: (code) => getLog().debug({ code }, "next-auth"),
      debug: () => undefined,
    },
  };
}

const localAccounts = ({ findSession, findBrowser, onSignedIn, onRefused }: AuthRequest) =>
  Credentials({
    id: "credentials",
    name: "Sallyport account",
    credentials: {
      username: { label: "Username" },
      password: { label: "Password", type: "password" },
      code: { label: "Code", type: "text" },
    },
    authorize: async (credentials, request) => {
      const client = {
        address: String(request.headers?.[addressHeader] ?? ""),
        userAgent: String(request.headers?.["user-agent"] ?? ""),
      };
      try {
        const { userId, sessionToken } = await signInLocally(
          {
            username: credentials?.username ?? "",
            password: credentials?.password ?? "",
            code: credentials?.code ?? "",
            replaces: (await findSession())?.sessionId ?? null,
            findBrowser,
          },
          client,
        );
        onSignedIn(userId);
        return { id: userId, sessionToken };
      } catch (thrown) {
        const error = toEdgeError(thrown);
        if (error.code === "internal") getLog().error({ err: thrown }, "a sign-in failed");
        onRefused(error);
        throw new Error(encodeRefusal(error));
      }
    },
  });

/** next-auth passes only a message to the form: the code, and the seconds to wait. The form has the words. */
function encodeRefusal(error: AppError): string {
  return [error.code, error.details.retryAfterSeconds].filter((part) => part !== undefined).join(".");
}
