import { createPrivateKey, X509Certificate } from "node:crypto";
import { importPKCS8 } from "jose";
import {
  allowInsecureRequests,
  buildAuthorizationUrl,
  type ClientAuth,
  Configuration,
  customFetch,
  genericGrantRequest,
  modifyAssertion,
  None,
  PrivateKeyJwt,
} from "openid-client";
import type { RequestPart } from "#lib/oauth/client-authentication/model.ts";
import { tokenUrlOf } from "#lib/oauth/client-authentication/mutual-tls.ts";
import { clientAuthenticationMethods } from "#lib/oauth/client-authentication/registry.ts";
import { missing } from "#lib/oauth/client-authentication/require-secret.ts";
import { signInScope } from "#lib/oauth/grants/authorization-code.ts";
import type { GrantRequest } from "#lib/oauth/grants/model.ts";
import { listExtraParameters } from "#lib/oauth/grants/token-parameters.ts";
import type { AuthorizationRequest, ReceivedUserTokens, TokenClient } from "../model.ts";
import { isPublicClient, postTokenRequest } from "./token-endpoint.ts";

/**
 * Requests tokens from any OAuth 2.0 token endpoint through openid-client. Needs no discovery: the endpoint is all that is
 * known. An ID token in the response is not verified yet.
 * @throws AppError as `postTokenRequest`, or `invalid_input` when the credential lacks a secret or key.
 */
export async function requestThroughOpenidClient(
  client: TokenClient,
  request: GrantRequest,
  now: () => number,
): Promise<ReceivedUserTokens> {
  const endpoint = new URL(tokenUrlOf(client));
  const isPublic = request.allowsPublicClient && isPublicClient(client);
  const configuration = new Configuration(
    { issuer: endpoint.origin, token_endpoint: endpoint.href },
    client.clientId,
    undefined,
    isPublic ? None() : await createAuthentication(client),
  );
  if (endpoint.protocol === "http:") allowInsecureRequests(configuration);
  let received: ReceivedUserTokens | undefined;
  let failure: unknown;
  configuration[customFetch] = async (url, { headers, body }) => {
    try {
      const form = new URLSearchParams(body as URLSearchParams);
      if (request.isGrantInUrl) form.delete("grant_type");
      received = await postTokenRequest(client, { url, headers: Object.entries(headers), form }, now);
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
  try {
    await genericGrantRequest(configuration, request.grantType, request.parameters);
  } catch (err) {
    if (!received) throw failure ?? err;
  }
  return received!;
}

/** Builds the URL at which a user signs in (OpenID Connect Core 1.0 section 3.1.2.1) with openid-client. */
export function buildGenericAuthorizationUrl(client: TokenClient, request: AuthorizationRequest): string {
  const server = { issuer: new URL(request.authorizationUrl).origin, authorization_endpoint: request.authorizationUrl };
  const configuration = new Configuration(server, client.clientId, undefined, None());
  if (request.authorizationUrl.startsWith("http:")) allowInsecureRequests(configuration);
  const url = buildAuthorizationUrl(configuration, {
    scope: signInScope(client),
    redirect_uri: request.redirectUri,
    state: request.state,
    nonce: request.nonce,
    code_challenge: request.codeChallenge,
    code_challenge_method: "S256",
    ...(request.responseMode === "form_post" && { response_mode: "form_post" }),
    ...(request.prompt !== null && { prompt: request.prompt }),
    ...(request.acrValues !== null && { acr_values: request.acrValues }),
    ...(request.claims !== null && { claims: request.claims }),
  });
  for (const { name, value } of listExtraParameters(client)) {
    if (["audience", "resource", "organization", "hd"].includes(name)) url.searchParams.append(name, value);
  }
  return url.href;
}

async function createAuthentication(client: TokenClient): Promise<ClientAuth> {
  const { form = {}, authorization, signWith } = clientAuthenticationMethods[client.clientAuthentication].build(client);
  if (signWith) return createSigner(client, signWith);
  return (_server, _client, body, headers) => {
    for (const [name, value] of Object.entries(form)) body.set(name, value);
    if (authorization) headers.set("authorization", authorization);
  };
}

async function createSigner(
  { endpointUrl }: TokenClient,
  { privateKey, certificate }: NonNullable<RequestPart["signWith"]>,
): Promise<ClientAuth> {
  return PrivateKeyJwt(await importKey(privateKey), {
    [modifyAssertion](header, payload) {
      // RFC 7523 section 3: the token endpoint is the one audience that every provider takes; the issuer may not be known.
      payload.aud = endpointUrl;
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
