import { and, eq } from "drizzle-orm";
import { sessions } from "#drizzle/schema/sessions.ts";
import { revokeSession } from "#lib/access/accounts/revoke-session.ts";
import type { SignedIn } from "#lib/access/sessions/sessions.ts";
import { openUserCredential } from "#lib/oauth/credentials/open-credential.ts";
import { getProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { openSessionTokens } from "./renewing/session-tokens.ts";

/**
 * Signs a person out.
 * @returns where the browser goes: the sign-in page, or the provider's logout when the credential asks for that (OpenID
 *   Connect RP-Initiated Logout 1.0 section 2). A provider that can't be reached keeps nobody signed in here.
 */
export async function signOut(signedIn: SignedIn, clock: () => number = Date.now): Promise<{ url: string }> {
  const { session, sessionId } = signedIn;
  const url = session.credentialId ? await findLogoutUrl(sessionId, session.credentialId, clock) : null;
  await revokeSession(signedIn.ctx, sessionId);
  return { url: url ?? "/signin" };
}

async function findLogoutUrl(sessionId: string, credentialId: string, clock: () => number): Promise<string | null> {
  try {
    const credential = await openUserCredential(credentialId);
    if (!credential.providerLogout) return null;
    const { logoutUrl } = await getProviderMetadata(credential, clock);
    if (!logoutUrl) return null;
    const url = new URL(logoutUrl);
    url.searchParams.set("client_id", credential.clientId);
    url.searchParams.set("post_logout_redirect_uri", `${getEnv().url}/signin`);
    const hint = credential.provider === "generic" ? await findIdToken(sessionId, credential.destination) : null;
    if (hint && hint.length < 4000) url.searchParams.set("id_token_hint", hint);
    return url.href;
  } catch (err) {
    getLog().warn({ err, credentialId }, "the provider's logout is not known");
    return null;
  }
}

async function findIdToken(sessionId: string, destination: string): Promise<string | null> {
  const [row] = await getDb()
    .select({ envelope: sessions.tokensEnvelope })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId)));
  return row?.envelope ? openSessionTokens(sessionId, destination, row.envelope).idToken : null;
}
