import { createPrivateKey, X509Certificate } from "node:crypto";
import { importPKCS8 } from "jose";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretPost,
  Configuration,
  clientCredentialsGrant,
  customFetch,
  modifyAssertion,
  None,
  PrivateKeyJwt,
  refreshTokenGrant,
  TlsClientAuth,
} from "openid-client";
import { signingAlgorithms } from "#lib/oauth/providers/id-token.ts";
import type { AuthorizationRequest, CodeExchange, ReceivedToken, ReceivedUserTokens, TokenClient } from "./model.ts";
import {
  basicAuthorization,
  extraParameters,
  isPublicClient,
  missing,
  postTokenRequest,
  postUserTokenRequest,
  requireSecret,
  signInScope,
  tokenUrlOf,
} from "./token-endpoint.ts";

/**
 * Asks any OAuth 2.0 token endpoint for a token with the client credentials grant (RFC 6749 section 4.4) through
 * openid-client. Needs no discovery: the endpoint is all that is known.
 * @throws AppError as `postTokenRequest`, or `invalid_input` when the credential lacks a secret or key.
 */
export async function requestGenericToken(client: TokenClient, now: () => number): Promise<ReceivedToken> {
  const endpoint = new URL(client.endpointUrl);
  const authentication = await createAuthentication(client);
  const configuration = new Configuration(
    { issuer: endpoint.origin, token_endpoint: endpoint.href },
    client.clientId,
    undefined,
    authentication,
  );
  if (endpoint.protocol === "http:") allowInsecureRequests(configuration);
  let received: ReceivedToken | undefined;
  let failure: unknown;
  configuration[customFetch] = async (url, { headers, body }) => {
    try {
      received = await postTokenRequest(
        client,
        { url, headers: Object.entries(headers), form: new URLSearchParams(body as URLSearchParams) },
        now,
      );
    } catch (err) {
      // openid-client wraps what its fetch throws; the caller gets the original.
      failure = err;
      throw err;
    }
    // The answer as the standard has it, whatever the server made of token_type and expires_in.
    return Response.json({
      access_token: received.accessToken,
      token_type: "bearer",
      expires_in: received.expiresInSeconds,
    });
  };
  const parameters = new URLSearchParams(extraParameters(client));
  if (client.scope !== "") parameters.set("scope", client.scope);
  try {
    const { access_token } = await clientCredentialsGrant(configuration, parameters);
    return { ...received!, accessToken: access_token };
  } catch (err) {
    throw failure ?? err;
  }
}

/** The URL at which a person signs in (OpenID Connect Core 1.0 section 3.1.2.1), built by openid-client. */
export function buildGenericAuthorizationUrl(client: TokenClient, request: AuthorizationRequest): string {
  const server = { issuer: new URL(request.authorizationUrl).origin, authorization_endpoint: request.authorizationUrl };
  const configuration = new Configuration(server, client.clientId, undefined, None());
  if (request.authorizationUrl.startsWith("http:")) allowInsecureRequests(configuration);
  return buildAuthorizationUrl(configuration, {
    scope: signInScope(client),
    redirect_uri: request.redirectUri,
    state: request.state,
    nonce: request.nonce,
    code_challenge: request.codeChallenge,
    code_challenge_method: "S256",
    ...Object.fromEntries(
      extraParameters(client).filter(([name]) => ["audience", "resource", "organization", "hd"].includes(name)),
    ),
    ...(request.responseMode === "form_post" && { response_mode: "form_post" }),
    ...(request.selectAccount && { prompt: "select_account" }),
    ...(request.acrValues !== null && { acr_values: request.acrValues }),
    ...(request.claims !== null && { claims: request.claims }),
  }).href;
}

/**
 * Redeems an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.5) through openid-client. The ID token of the
 * answer is not verified yet.
 * @throws AppError as `postTokenRequest`
 */
export async function exchangeGenericCode(
  client: TokenClient,
  exchange: CodeExchange,
  now: () => number,
): Promise<ReceivedUserTokens> {
  const answered = new URL(exchange.redirectUri);
  answered.searchParams.set("code", exchange.code);
  answered.searchParams.set("state", exchange.state);
  if (exchange.iss !== null) answered.searchParams.set("iss", exchange.iss);
  return askForUserTokens(client, exchange.issuer, now, async (configuration) => {
    const checks = {
      pkceCodeVerifier: exchange.codeVerifier,
      expectedState: exchange.state,
      expectedNonce: exchange.nonce,
      idTokenExpected: true,
    };
    await authorizationCodeGrant(configuration, answered, checks, new URLSearchParams(extraParameters(client)));
  });
}

/**
 * Renews a person's tokens (RFC 6749 section 6).
 * @throws AppError as `postTokenRequest`; `token_request_refused` when the session is over there.
 */
export async function refreshGenericTokens(
  client: TokenClient,
  refreshToken: string,
  now: () => number,
): Promise<ReceivedUserTokens> {
  return askForUserTokens(client, null, now, async (configuration) => {
    await refreshTokenGrant(configuration, refreshToken, new URLSearchParams(extraParameters(client)));
  });
}

async function askForUserTokens(
  client: TokenClient,
  issuer: string | null,
  now: () => number,
  ask: (configuration: Configuration) => Promise<void>,
): Promise<ReceivedUserTokens> {
  const endpoint = new URL(tokenUrlOf(client));
  const configuration = new Configuration(
    {
      issuer: issuer ?? new URL(client.endpointUrl).origin,
      token_endpoint: endpoint.href,
      id_token_signing_alg_values_supported: signingAlgorithms,
    },
    client.clientId,
    undefined,
    isPublicClient(client) ? None() : await createAuthentication(client),
  );
  if (endpoint.protocol === "http:") allowInsecureRequests(configuration);
  let received: ReceivedUserTokens | undefined;
  let failure: unknown;
  configuration[customFetch] = async (url, { headers, body }) => {
    try {
      const form = new URLSearchParams(body as URLSearchParams);
      received = await postUserTokenRequest(client, { url, headers: Object.entries(headers), form }, now);
    } catch (err) {
      failure = err;
      throw err;
    }
    return Response.json({
      access_token: received.accessToken,
      token_type: "bearer",
      expires_in: received.expiresInSeconds,
      ...(received.idToken && { id_token: received.idToken }),
    });
  };
  try {
    await ask(configuration);
  } catch (err) {
    // What the library finds wrong with the ID token is said better by who verifies it next.
    if (!received) throw failure ?? err;
  }
  return received!;
}

async function createAuthentication(client: TokenClient): Promise<ClientAuth> {
  if (client.clientAuthentication === "client_secret_post") return ClientSecretPost(requireSecret(client));
  if (client.clientAuthentication === "client_secret_basic") {
    const authorization = basicAuthorization(client);
    return (_server, _client, _body, headers) => headers.set("authorization", authorization);
  }
  if (client.clientAuthentication !== "private_key_jwt") return TlsClientAuth();
  if (!client.privateKey) throw missing("privateKey", "There is no private key.");
  const { certificate } = client;
  return PrivateKeyJwt(await importKey(client.privateKey), {
    [modifyAssertion](header, payload) {
      // RFC 7523 section 3: the token endpoint is the one audience that every provider takes; the issuer may not be known.
      payload.aud = client.endpointUrl;
      if (certificate) header["x5t#S256"] = thumbprintOf(certificate);
    },
  });
}

/** RFC 7515 section 4.1.8; tells a provider with several certificates which one it is. */
function thumbprintOf(certificate: string): string {
  return Buffer.from(new X509Certificate(certificate).fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
}

/** RFC 7518 section 3.1. RS256 is the one that every provider knows; Entra ID's PS256 is msal's choice. */
const algorithms: Record<string, string> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };

async function importKey(pem: string): Promise<CryptoKey> {
  try {
    const key = createPrivateKey(pem);
    const algorithm = algorithms[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? "RS256";
    return await importPKCS8(key.export({ type: "pkcs8", format: "pem" }).toString(), algorithm);
  } catch {
    throw missing("privateKey", "The private key can't be read. Enter it again.");
  }
}
