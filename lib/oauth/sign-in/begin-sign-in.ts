import { eq } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { nodes } from "#drizzle/schema/nodes.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import type { SignedIn } from "#lib/access/sessions/sessions.ts";
import type { OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import { getProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import { getRedirectUri } from "#lib/oauth/providers/redirect-uri.ts";
import { buildSignInUrl } from "#lib/oauth/tokens/request-token.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { createAttempt, hashSecret, makeSecret, recordRefusal } from "./attempts.ts";
import type { SignInMode, SignInPurpose, SignInRefusal } from "./model.ts";
import { recordSignIn } from "./outcome/record-sign-in.ts";
import { describeRefusal, explainError, ownRefusals } from "./outcome/refusals.ts";
import { askForMfa } from "./verifying/mfa.ts";
import { isUnreadable, openProfile } from "./verifying/open-profile.ts";

/** What a person wants to begin. */
export type BeginSignIn = {
  credentialId: string;
  /** Where the profile was chosen; null on the sign-in page. */
  nodeId: string | null;
  purpose: SignInPurpose;
  mode: SignInMode;
  /** A path of this portal, made safe by the caller. */
  returnTo: string;
  /** Whether the person wants to choose the account at the provider. */
  selectAccount: boolean;
  /** The secret in this browser's cookie, null when it has none yet. */
  browserSecret: string | null;
  /** Who is signed in just now. */
  session: SignedIn | null;
  address: string;
};

export type BegunSignIn =
  | { ok: true; url: string; browserSecret: string }
  /** `attemptId` where there is more to tell than the refusal's code; only to the browser with the secret. */
  | { ok: false; refusal: SignInRefusal; attemptId: string | null; browserSecret: string | null };

/**
 * Begins a sign-in at a provider (RFC 6749 section 4.1.1 with PKCE, RFC 7636): notes the attempt, bound to this browser,
 * and tells where to send it.
 * @returns the provider's URL, and the secret that the browser keeps in a cookie until it comes back.
 */
export async function beginSignIn(input: BeginSignIn, clock: () => number = Date.now): Promise<BegunSignIn> {
  const refuse = (refusal: SignInRefusal): BegunSignIn => ({
    ok: false,
    refusal,
    attemptId: null,
    browserSecret: null,
  });
  if (input.purpose === "mapping_test" && !mayTest(input.session)) return refuse(ownRefusals.not_allowed);
  const credential = await findProfile(input, clock);
  if (credential === "unreadable") return refuse(ownRefusals.unreadable);
  if (!credential) return refuse(ownRefusals.unknown_profile);
  const startedAt = clock();
  const browserSecret = isSecret(input.browserSecret) ? input.browserSecret : makeSecret();
  const asksMfa = credential.mfa === "required" || input.purpose === "step_up";
  const purpose = findPurpose(input);
  const secrets = { nonce: makeSecret(), codeVerifier: makeSecret() };
  const state = makeSecret();
  const { credentialId, nodeId, mode, returnTo, address } = input;
  const sessionId = purpose === "sign_in" ? null : (input.session?.sessionId ?? null);
  const attempt = { credentialId, nodeId, purpose, mode, returnTo, asksMfa, sessionId, address };
  const attemptId = await createAttempt({ ...attempt, state, browserSecret, secrets }, new Date(startedAt));
  if (attemptId === null) return refuse(ownRefusals.too_many);
  try {
    const metadata = await getProviderMetadata(credential, clock);
    const url = await buildSignInUrl(credential, {
      authorizationUrl: metadata.authorizationUrl,
      redirectUri: getRedirectUri(),
      state,
      nonce: secrets.nonce,
      codeChallenge: hashSecret(secrets.codeVerifier),
      responseMode: credential.responseMode,
      prompt: input.selectAccount ? "select_account" : null,
      ...(asksMfa ? askForMfa(credential) : { acrValues: null, claims: null }),
    });
    return { ok: true, url, browserSecret };
  } catch (thrown) {
    if (!isAppError(thrown)) throw thrown;
    const refusal = explainError(thrown);
    const cause = address === "" ? "a browser" : `a browser at ${address}`;
    const noted = { credential, cause, startedAt, endedAt: clock(), description: describeRefusal(refusal) };
    const error = { code: thrown.code, providerCode: thrown.provider?.code ?? null, thrown };
    const reference = await recordSignIn({ ...noted, error });
    await recordRefusal(attemptId, { ...refusal, reference });
    return { ok: false, refusal, attemptId, browserSecret };
  }
}

/** A step-up without a session of that profile is a sign-in that asks for a second factor. */
function findPurpose({ purpose, session, credentialId }: BeginSignIn): SignInPurpose {
  return purpose === "step_up" && session?.session.credentialId !== credentialId ? "sign_in" : purpose;
}

function mayTest(session: SignedIn | null): boolean {
  return session !== null && isAllowed(session.ctx.grants, "credentials.write", null);
}

/** Whether a cookie holds a secret that `makeSecret` can have made. */
export function isSecret(text: string | null): text is string {
  return text !== null && /^[A-Za-z0-9_-]{43}$/.test(text);
}

/**
 * The credential, if people may sign in with it at that node; an admin may test one that is not offered anywhere.
 */
async function findProfile(
  { credentialId, nodeId, purpose, address }: BeginSignIn,
  clock: () => number,
): Promise<OpenUserCredential | "unreadable" | null> {
  if (!isUuid(credentialId) || (nodeId !== null && !isUuid(nodeId))) return null;
  const cause = address === "" ? "a browser" : `a browser at ${address}`;
  const credential = await openProfile(credentialId, cause, clock).catch((err) => {
    if (isAppError(err) && err.code === "not_found") return null;
    if (isUnreadable(err)) return "unreadable" as const;
    throw err;
  });
  if (credential === "unreadable") return credential;
  if (!credential?.enabled) return null;
  if (purpose === "mapping_test" || nodeId === null) return credential;
  const [node] = await getDb().select({ path: nodes.path }).from(nodes).where(eq(nodes.id, nodeId));
  if (!node) return null;
  const { offeredAt } = credential;
  return offeredAt.length === 0 || offeredAt.some((id) => node.path.includes(id)) ? credential : null;
}
