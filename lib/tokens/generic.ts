import { createPrivateKey } from "node:crypto";
import { importPKCS8 } from "jose";
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretPost,
  Configuration,
  clientCredentialsGrant,
  customFetch,
  PrivateKeyJwt,
} from "openid-client";
import type { ReceivedToken, TokenClient } from "./model.ts";
import {
  basicAuthorization,
  extraParameters,
  missing,
  postTokenRequest,
  requireKeyPair,
  requireSecret,
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

async function createAuthentication(client: TokenClient): Promise<ClientAuth> {
  if (client.clientAuthentication === "client_secret_post") return ClientSecretPost(requireSecret(client));
  if (client.clientAuthentication === "client_secret_basic") {
    const authorization = basicAuthorization(client);
    return (_server, _client, _body, headers) => headers.set("authorization", authorization);
  }
  return PrivateKeyJwt(await importKey(requireKeyPair(client).privateKey));
}

async function importKey(pem: string): Promise<CryptoKey> {
  try {
    const key = createPrivateKey(pem);
    const algorithm = key.asymmetricKeyType === "ec" ? "ES256" : "RS256";
    return await importPKCS8(key.export({ type: "pkcs8", format: "pem" }).toString(), algorithm);
  } catch {
    throw missing("privateKey", "The private key can't be read; it must be an RSA or P-256 key in PEM form.");
  }
}
