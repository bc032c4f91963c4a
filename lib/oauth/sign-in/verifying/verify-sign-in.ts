import type { OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import { type ExpectedIssuer, verifyIdToken, verifySignature } from "#lib/oauth/providers/id-token.ts";
import { getProviderKeys } from "#lib/oauth/providers/provider-keys.ts";
import type { ProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import type { Claims } from "#lib/oauth/providers/read-claim.ts";
import type { ReceivedUserTokens } from "#lib/oauth/tokens/model.ts";
import { isStorable } from "#lib/platform/db/storable.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { sendRequest } from "#lib/platform/net/request.ts";

/** Claims whose source has been verified. */
export type VerifiedClaims = {
  idToken: Claims;
  /** What the mapping reads: of the ID token, the access token or userinfo. */
  mapped: Claims;
  identity: { issuer: string; subject: string };
};

/**
 * Verifies what a sign-in or a renewal brought and finds out who it is: issuer and subject, at Entra tenant and object id
 * ("ID token claims reference": `sub` differs from application to application).
 * @throws AppError `id_token_invalid`, network errors, `token_response_invalid`
 */
export async function verifySignIn(
  credential: OpenUserCredential,
  metadata: ProviderMetadata,
  received: ReceivedUserTokens,
  nonce: string,
  now: () => number,
): Promise<VerifiedClaims> {
  if (received.idToken === null) {
    throw new AppError("id_token_invalid", "The provider's answer holds no ID token.", {
      hint: "Add openid to the scope of the credential, and check that the provider speaks OpenID Connect.",
      fields: [{ field: "scope", message: "openid is missing." }],
      details: { reason: "malformed" },
    });
  }
  const keys = getProviderKeys(metadata.jwksUrl, credential, now);
  const idToken = await verifyIdToken(received.idToken, {
    issuer: metadata.issuer,
    clientId: credential.clientId,
    nonce,
    keys,
    now: now(),
  });
  return {
    idToken,
    mapped: await readMappedClaims(credential, metadata, received, idToken, now),
    identity: findIdentity(credential, idToken),
  };
}

/**
 * Verifies what a renewal brought (OpenID Connect Core 1.0 section 12.2): the ID token has to be about the same person.
 * @param identity issuer and subject of the session's user.
 * @returns the claims that the mapping reads, null when the provider sent nothing that holds them: what is known stays.
 * @throws AppError as `verifySignIn`
 */
export async function verifyRenewal(
  credential: OpenUserCredential,
  metadata: ProviderMetadata,
  received: ReceivedUserTokens,
  identity: { issuer: string; subject: string },
  now: () => number,
): Promise<Claims | null> {
  if (received.idToken === null) {
    // At Entra the subject that userinfo names is not the object id, so only the ID token can tell who it is.
    if (credential.claimsSource !== "userinfo" || credential.provider === "entra") return null;
    return fetchUserinfo(credential, metadata, received.accessToken, { sub: identity.subject });
  }
  const keys = getProviderKeys(metadata.jwksUrl, credential, now);
  const { issuer } = metadata;
  const expected = { issuer, clientId: credential.clientId, nonce: null, keys, now: now() };
  const idToken = await verifyIdToken(received.idToken, expected);
  const found = findIdentity(credential, idToken);
  if (found.issuer !== identity.issuer || found.subject !== identity.subject) {
    throw new AppError("id_token_invalid", "The renewed ID token is about another person.", {
      details: { reason: "subject" },
    });
  }
  return readMappedClaims(credential, metadata, received, idToken, now);
}

/**
 * Finds issuer and subject of verified claims.
 * @throws AppError `id_token_invalid` if there is no subject, or one that can't be stored
 */
export function findIdentity(credential: Pick<OpenUserCredential, "provider">, claims: Claims) {
  const identity = readIdentity(credential, claims);
  if (isStorable(identity.subject)) return identity;
  throw new AppError("id_token_invalid", "The ID token names a subject with a character that can't be stored.", {
    hint: "Have the provider remove NUL characters and halves of surrogate pairs from sub.",
    details: { reason: "subject" },
  });
}

function readIdentity({ provider }: Pick<OpenUserCredential, "provider">, claims: Claims) {
  const issuer = String(claims.iss);
  if (provider !== "entra") return { issuer, subject: String(claims.sub) };
  if (typeof claims.oid === "string" && claims.oid !== "") return { issuer, subject: claims.oid };
  throw new AppError("id_token_invalid", "The ID token has no object id (oid).", {
    hint: "Add profile to the scope of the credential.",
    fields: [{ field: "scope", message: "profile is missing." }],
    details: { reason: "subject" },
  });
}

/** The claims that a credential's mapping reads. */
export async function readMappedClaims(
  credential: Pick<OpenUserCredential, "claimsSource" | "proxy" | "trustedCa" | "provider">,
  metadata: ProviderMetadata,
  received: Pick<ReceivedUserTokens, "accessToken">,
  idToken: Claims,
  now: () => number,
): Promise<Claims> {
  if (credential.claimsSource === "id_token") return idToken;
  if (credential.claimsSource === "userinfo") return fetchUserinfo(credential, metadata, received.accessToken, idToken);
  return readAccessToken(credential, metadata, received.accessToken, idToken, now);
}

/**
 * The claims of an access token that is a JWT, by the provider's signature (RFC 9068). Its audience is an API, so only
 * signature, issuer, times and the person are looked at.
 */
async function readAccessToken(
  credential: Pick<OpenUserCredential, "proxy" | "trustedCa" | "provider">,
  metadata: ProviderMetadata,
  accessToken: string,
  idToken: Claims,
  now: () => number,
): Promise<Claims> {
  const field = { field: "claimsSource", message: "Read the ID token or userinfo instead." };
  const refuse = (message: string, hint: string) =>
    new AppError("id_token_invalid", message, { hint, fields: [field], details: { reason: "malformed" } });
  if (accessToken.split(".").length !== 3) {
    throw refuse("The access token is no JWT, so its claims can't be read.", "Change Claims from in the credential.");
  }
  const keys = getProviderKeys(metadata.jwksUrl, credential, now);
  const claims = await verifySignature(accessToken, keys, now(), "access token").catch((err) => {
    if (!(err instanceof AppError) || err.code !== "id_token_invalid") throw err;
    throw refuse(
      `${err.message} Its claims can't be used.`,
      "At Entra ID the tokens for Microsoft Graph can't be verified by others: ask for a scope of your own API, or change Claims from to ID token.",
    );
  });
  if (!isIssuedBy(claims, metadata.issuer)) {
    throw refuse("The access token is of another issuer than the ID token.", "Change Claims from in the credential.");
  }
  const isSame = credential.provider === "entra" ? claims.oid === idToken.oid : claims.sub === idToken.sub;
  if (!isSame) throw refuse("The access token is of another person than the ID token.", "Start again.");
  return claims;
}

function isIssuedBy(claims: Claims, expected: ExpectedIssuer): boolean {
  const tid = String(claims.tid ?? "");
  const issuer = expected.kind === "exact" ? expected.issuer : expected.template.replace("{tenantid}", tid);
  // Entra's tokens of version 1.0 have an issuer of their own ("Access token claims reference", iss).
  return claims.iss === issuer || (claims.ver === "1.0" && claims.iss === `https://sts.windows.net/${tid}/`);
}

/** OpenID Connect Core 1.0 section 5.3: the claims of the person whom the ID token is about. */
export async function fetchUserinfo(
  { proxy, trustedCa }: Pick<OpenUserCredential, "proxy" | "trustedCa">,
  metadata: ProviderMetadata,
  accessToken: string,
  idToken: Claims,
): Promise<Claims> {
  const refuse = (message: string) =>
    new AppError("token_response_invalid", message, {
      hint: "Change Claims from in the credential, or check the discovery URL.",
      fields: [{ field: "claimsSource", message: "Read the ID token instead." }],
    });
  if (!metadata.userinfoUrl) throw refuse("The provider names no userinfo endpoint.");
  const response = await sendRequest({
    url: metadata.userinfoUrl,
    method: "GET",
    headers: [
      ["authorization", `Bearer ${accessToken}`],
      ["accept", "application/json"],
    ],
    body: null,
    proxy,
    trustedCa,
    connectTimeoutMs: 5_000,
    timeoutMs: 10_000,
    maxResponseBytes: 1_048_576,
  });
  const claims = response.status === 200 ? parseClaims(response.body.toString("utf8")) : null;
  if (!claims) throw refuse(`The userinfo endpoint answered ${response.status} without claims.`);
  // Section 5.3.2: else the claims of one person could be had with the token of another.
  if (claims.sub !== idToken.sub) throw refuse("The userinfo endpoint answered about another person.");
  return claims;
}

function parseClaims(text: string): Claims | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Claims) : null;
  } catch {
    return null;
  }
}
