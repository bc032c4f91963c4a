import { eq } from "drizzle-orm";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Client, SignedIn } from "#lib/access/sessions/sessions.ts";
import { withMutualTlsUrl } from "#lib/oauth/client-authentication/mutual-tls.ts";
import type { OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import { getProviderMetadata, type ProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import { getRedirectUri } from "#lib/oauth/providers/redirect-uri.ts";
import type { ReceivedUserTokens } from "#lib/oauth/tokens/model.ts";
import { exchangeCode } from "#lib/oauth/tokens/request-token.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { type AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { isOfIssuer, type ProviderAnswer } from "./answer.ts";
import { type AttemptRow, type AttemptSecrets, recordRefusal, takeAttempt } from "./attempts.ts";
import { mapClaims } from "./claims.ts";
import { keepMappingTest } from "./mapping-test.ts";
import type { RecordedRefusal, SignInOutcome, SignInRefusal } from "./model.ts";
import { explainAnswer } from "./outcome/explain-answer.ts";
import { createSignInRedaction, recordSignIn } from "./outcome/record-sign-in.ts";
import { describeRefusal, explainClaims, explainError, explainMfa, mapTexts, ownRefusals } from "./outcome/refusals.ts";
import { sealSessionTokens, toSessionTokens } from "./renewing/session-tokens.ts";
import { signInExternally } from "./verifying/external-sign-in.ts";
import { toMappingSettings } from "./verifying/mapping-settings.ts";
import { explainMissingMfa, findMfa } from "./verifying/mfa.ts";
import { isUnreadable, openProfile } from "./verifying/open-profile.ts";
import { verifySignIn } from "./verifying/verify-sign-in.ts";

/** What came back, and from whom. */
export type FinishSignIn = {
  /** Null when it could not be read. */
  answer: ProviderAnswer | null;
  /** The secret in this browser's cookie, null when it sent none. */
  browserSecret: string | null;
  /** Who is signed in just now in this browser. */
  session: SignedIn | null;
  client: Client;
};

/** A refusal, with what the event log is told beyond it. */
class Refused extends Error {
  readonly refusal: SignInRefusal;
  readonly detail: string;
  readonly providerCode: string | null;
  readonly thrown: AppError | null;
  readonly username: string | null;
  readonly unmappedRoles: string[];

  constructor(
    refusal: SignInRefusal,
    more: {
      detail?: string;
      providerCode?: string | null;
      thrown?: AppError;
      username?: string;
      unmappedRoles?: string[];
    } = {},
  ) {
    super(refusal.message);
    this.refusal = refusal;
    this.detail = more.detail ?? "";
    this.providerCode = more.providerCode ?? null;
    this.thrown = more.thrown ?? null;
    this.username = more.username ?? null;
    this.unmappedRoles = more.unmappedRoles ?? [];
  }
}

/**
 * Finishes a sign-in: takes the attempt that the answer belongs to (once, in the browser that began it), redeems the code,
 * verifies what came, maps the claims and makes the session. Every refusal is in the credential's event log.
 */
export async function finishSignIn(input: FinishSignIn, clock: () => number = Date.now): Promise<SignInOutcome> {
  const startedAt = clock();
  if (!input.answer) return refuseUnknown(ownRefusals.malformed);
  const taken = await takeAttempt(input.answer.state, input.browserSecret, new Date(startedAt));
  const { attempt } = taken;
  if (!attempt) return refuseUnknown(taken.refusal ?? ownRefusals.unknown_attempt);
  const cause = input.client.address === "" ? "a browser" : `a browser at ${input.client.address}`;
  const credential = await openProfile(attempt.credentialId, cause, clock).catch((err) => {
    if (isUnreadable(err)) return null;
    throw err;
  });
  if (!credential) return refuse(attempt, ownRefusals.unreadable, { ...ownRefusals.unreadable, reference: null });
  const secrets = [input.answer.code, taken.secrets?.codeVerifier, credential.clientSecret];
  try {
    if (taken.refusal) throw new Refused(taken.refusal);
    const done = await signIn(input, input.answer, attempt, taken.secrets, credential, clock, (received) =>
      secrets.push(received.accessToken, received.refreshToken, received.idToken),
    );
    const noted = { credential, cause: done.username, startedAt, endedAt: clock() };
    const unmappedRoles = withoutEchoes(done.unmappedRoles ?? [], createSignInRedaction(secrets));
    await recordSignIn({ ...noted, description: done.description, error: null, unmappedRoles });
    const { id, mode, returnTo } = attempt;
    const kind = done.session ? "signed_in" : "tested";
    return { kind, attemptId: id, mode, returnTo, session: done.session, refusal: null };
  } catch (thrown) {
    const refused = toRefused(thrown, credential.id);
    const { providerCode } = refused;
    const clean = createSignInRedaction(secrets);
    const unmappedRoles = withoutEchoes(refused.unmappedRoles, clean);
    const refusal = mapTexts(refused.refusal, clean);
    const description = describeRefusal(refusal, clean(refused.detail));
    const error = { code: refusal.code, providerCode, thrown: refused.thrown, field: refusal.field };
    const noted = { credential, cause: refused.username ?? cause, startedAt, endedAt: clock() };
    const reference = await recordSignIn({ ...noted, description, error, unmappedRoles });
    return refuse(attempt, refused.refusal, { ...refusal, reference });
  }
}

const withoutEchoes = (values: string[], clean: (text: string) => string) =>
  values.filter((value) => clean(value) === value);

function refuseUnknown(refusal: SignInRefusal): SignInOutcome {
  return { kind: "refused", attemptId: null, mode: "redirect", returnTo: "/", session: null, refusal };
}

/** Of an attempt that this browser may not see, or that ended otherwise before, nothing but the refusal is told. */
async function refuse(attempt: AttemptRow, thrown: SignInRefusal, refusal: RecordedRefusal): Promise<SignInOutcome> {
  const foreign = [ownRefusals.other_browser, ownRefusals.used, ownRefusals.unknown_attempt] as SignInRefusal[];
  if (foreign.includes(thrown)) return refuseUnknown(thrown);
  await recordRefusal(attempt.id, refusal);
  const { id, mode, returnTo } = attempt;
  return { kind: "refused", attemptId: id, mode, returnTo, session: null, refusal };
}

function toRefused(thrown: unknown, credentialId: string): Refused {
  if (thrown instanceof Refused) return thrown;
  const error = toAppError(thrown);
  if (error.code === "internal") getLog().error({ err: thrown, credentialId }, "a sign-in failed inside Sallyport");
  const detail = error.provider?.description ?? "";
  return new Refused(explainError(error), { detail, providerCode: error.provider?.code ?? null, thrown: error });
}

type Done = {
  username: string;
  description: string;
  /** Of a mapping test. */
  unmappedRoles?: string[];
  session: { userId: string; sessionToken: string } | null;
};

async function signIn(
  { session, client }: FinishSignIn,
  answer: ProviderAnswer,
  attempt: AttemptRow,
  secrets: AttemptSecrets,
  credential: OpenUserCredential,
  clock: () => number,
  onReceived: (received: ReceivedUserTokens) => void,
): Promise<Done> {
  const isBound = attempt.sessionId !== null || attempt.purpose !== "sign_in";
  if (isBound && (!session || session.sessionId !== attempt.sessionId)) throw new Refused(ownRefusals.session_ended);
  if (!credential.enabled) throw new Refused(ownRefusals.unknown_profile);
  const metadata = await getProviderMetadata(credential, clock);
  if (!isOfIssuer(answer, metadata)) {
    throw new Refused(ownRefusals.other_issuer, { detail: `The answer names ${answer.iss ?? "no issuer"}.` });
  }
  if (answer.error !== null || answer.code === null) {
    const error = answer.error ?? "invalid_request";
    const detail = answer.description ? `The provider says: ${answer.description}` : "";
    throw new Refused(explainAnswer(error, answer.description), { detail, providerCode: error });
  }
  const received = await exchangeCode(
    withMutualTlsUrl(credential, metadata),
    { code: answer.code, codeVerifier: secrets.codeVerifier, redirectUri: getRedirectUri() },
    clock,
  );
  onReceived(received);
  if (attempt.purpose === "mapping_test") {
    const username = session?.user.username ?? "";
    const { unmapped } = await keepMappingTest(attempt.id, credential, metadata, received, secrets.nonce, clock);
    const description = "Tested the mapping; nobody was signed in.";
    return { username, description, unmappedRoles: unmapped, session: null };
  }
  return admit({ attempt, credential, metadata, received, nonce: secrets.nonce, session, client, clock });
}

type Admission = {
  attempt: AttemptRow;
  credential: OpenUserCredential;
  metadata: ProviderMetadata;
  received: ReceivedUserTokens;
  nonce: string;
  session: SignedIn | null;
  client: Client;
  clock: () => number;
};

/** Verifies, maps, and makes the session. */
async function admit(input: Admission): Promise<Done> {
  const { attempt, credential, received, session, client, clock } = input;
  const verified = await verifySignIn(credential, input.metadata, received, input.nonce, clock);
  const mapped = mapClaims(verified.mapped, toMappingSettings(credential));
  const username = mapped.found.username ?? verified.identity.subject;
  if (!mapped.ok) {
    throw new Refused(explainClaims(mapped.refusal), { username, unmappedRoles: mapped.found.unmapped });
  }
  if (attempt.purpose === "step_up") await requireSamePerson(verified.identity, session);
  const mfaMethod = findMfa(verified.idToken, credential);
  if (mfaMethod === null && attempt.asksMfa) {
    throw new Refused(explainMfa(explainMissingMfa(verified.idToken, credential)), { username });
  }
  const now = new Date(clock());
  const tokens = toSessionTokens(received);
  const keeps = tokens.refreshToken !== null;
  const made = await signInExternally(
    {
      identity: verified.identity,
      username: mapped.username,
      displayName: mapped.displayName,
      grants: mapped.grants,
      credential,
      nodeId: attempt.nodeId,
      mfaMethod: mfaMethod === null ? null : `provider: ${mfaMethod}`,
      nextRenewAt: keeps ? new Date(now.getTime() + credential.refreshIntervalSeconds * 1000) : null,
      sealTokens: (sessionId) => sealSessionTokens(sessionId, credential.destination, tokens),
      replaces: session?.sessionId ?? null,
    },
    client,
    now,
  );
  const { roles, usesDefaultRole } = mapped.found;
  const found = roles ? `${credential.jwtRolesKey} is ${roles.shape}` : `${credential.jwtRolesKey} is not there`;
  const granted = mapped.grants.map(({ role, nodeId }) => (nodeId ? `${role} at a node` : role)).join(", ");
  const description = `Signed in as ${granted}${usesDefaultRole ? " (default role)" : ""}; ${found}.`;
  return { username: mapped.username, description, session: made };
}

async function requireSamePerson(
  identity: { issuer: string; subject: string },
  session: SignedIn | null,
): Promise<void> {
  const [row] = await getDb()
    .select({ issuer: users.issuer, subject: users.subject })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, session?.sessionId ?? ""));
  if (row?.issuer === identity.issuer && row.subject === identity.subject) return;
  throw new Refused(ownRefusals.other_account);
}
