import { X509Certificate } from "node:crypto";
import {
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NodeAuthOptions,
  PublicClientApplication,
  ResponseMode,
} from "@azure/msal-node";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { AuthorizationRequest, CodeExchange, ReceivedToken, ReceivedUserTokens, TokenClient } from "./model.ts";
import {
  basicAuthorization,
  extraParameters,
  isPublicClient,
  missing,
  postTokenRequest,
  postUserTokenRequest,
  requireKeyPair,
  requireSecret,
  signInScope,
} from "./token-endpoint.ts";

/**
 * Asks Microsoft Entra ID (or a server like it) for a token with the client credentials grant through msal-node. Each
 * call has its own application, so that msal's cache and its throttling never answer in the provider's place.
 * @throws AppError as `postTokenRequest`, or `invalid_input` when the credential lacks a secret, key or tenant.
 */
export async function requestEntraToken(client: TokenClient, now: () => number): Promise<ReceivedToken> {
  const outcome: Outcome<ReceivedToken> = {};
  const application = new ConfidentialClientApplication({
    auth: { ...describeClient(client, describeTenant(client)), ...describeSecret(client) },
    system: {
      networkClient: createNetworkClient(client, outcome, (request) => postTokenRequest(client, request, now)),
      disableInternalRetries: true,
    },
  });
  try {
    const result = await application.acquireTokenByClientCredential({
      // What is sent is the credential's scope as it stands, see below; msal only wants one.
      scopes: [client.scope || ".default"],
      skipCache: true,
      azureRegion: "DisableMsalForceRegion",
    });
    if (!result || !outcome.received) throw new Error("msal answered without asking");
    return { ...outcome.received, accessToken: result.accessToken };
  } catch (err) {
    // msal hides network errors and rephrases refusals; the caller gets the original.
    throw outcome.failure ?? err;
  }
}

/**
 * The URL at which a person signs in ("Request an authorization code", Microsoft identity platform), built by msal-node.
 * @throws AppError `invalid_input` when the endpoint is not that of a tenant or an authority of many.
 */
export async function buildEntraAuthorizationUrl(client: TokenClient, request: AuthorizationRequest): Promise<string> {
  const application = new PublicClientApplication({
    auth: describeClient(client, readTenant(client), request.authorizationUrl),
    system: { networkClient: noNetwork },
  });
  const text = await application.getAuthCodeUrl({
    scopes: ["openid"],
    redirectUri: request.redirectUri,
    state: request.state,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
    codeChallengeMethod: "S256",
    responseMode: request.responseMode === "form_post" ? ResponseMode.FORM_POST : ResponseMode.QUERY,
    ...(request.selectAccount && { prompt: "select_account" }),
    ...(request.claims !== null && { claims: request.claims }),
  });
  const url = new URL(text);
  // msal asks for offline_access in any case; what is asked for is the credential's scope.
  url.searchParams.set("scope", signInScope(client));
  return url.href;
}

/**
 * Redeems an authorization code at Entra ID through msal-node. The ID token of the answer is not verified yet.
 * @throws AppError as `postTokenRequest`
 */
export function exchangeEntraCode(
  client: TokenClient,
  exchange: CodeExchange,
  now: () => number,
): Promise<ReceivedUserTokens> {
  return askForUserTokens(client, now, async (application) => {
    await application.acquireTokenByCode({
      scopes: ["openid"],
      code: exchange.code,
      codeVerifier: exchange.codeVerifier,
      redirectUri: exchange.redirectUri,
      nonce: exchange.nonce,
    });
  });
}

/**
 * Renews a person's tokens at Entra ID (RFC 6749 section 6).
 * @throws AppError as `postTokenRequest`; `token_request_refused` when the session is over there.
 */
export function refreshEntraTokens(
  client: TokenClient,
  refreshToken: string,
  now: () => number,
): Promise<ReceivedUserTokens> {
  return askForUserTokens(client, now, async (application) => {
    await application.acquireTokenByRefreshToken({ scopes: ["openid"], refreshToken });
  });
}

async function askForUserTokens(
  client: TokenClient,
  now: () => number,
  ask: (application: ConfidentialClientApplication | PublicClientApplication) => Promise<void>,
): Promise<ReceivedUserTokens> {
  const outcome: Outcome<ReceivedUserTokens> = {};
  const system = {
    networkClient: createNetworkClient(client, outcome, (request) => postUserTokenRequest(client, request, now)),
    disableInternalRetries: true,
  };
  const auth = describeClient(client, readTenant(client));
  const application = isPublicClient(client)
    ? new PublicClientApplication({ auth, system })
    : new ConfidentialClientApplication({ auth: { ...auth, ...describeSecret(client) }, system });
  try {
    await ask(application);
  } catch (err) {
    // What msal finds wrong with the ID token is said better by who verifies it next.
    if (!outcome.received) throw outcome.failure ?? err;
  }
  if (!outcome.received) throw new Error("msal answered without asking");
  return outcome.received;
}

function readTenant(client: TokenClient): string {
  return new URL(client.endpointUrl).pathname.split("/")[1] ?? "";
}

function describeTenant(client: TokenClient): string {
  const tenant = readTenant(client);
  if (["", "common", "organizations", "consumers"].includes(tenant.toLowerCase())) {
    throw missing(
      "endpointUrl",
      "The Endpoint URL must name the tenant: an application gets tokens of one tenant only.",
    );
  }
  return tenant;
}

function describeClient(client: TokenClient, tenant: string, authorizationUrl?: string): NodeAuthOptions {
  const endpoint = new URL(client.endpointUrl);
  if (endpoint.protocol !== "https:")
    throw missing("endpointUrl", "The Endpoint URL of Microsoft Entra ID must begin with https://.");
  const authority = `${endpoint.origin}/${tenant}`;
  return {
    clientId: client.clientId,
    authority,
    // With both there is no instance discovery and no metadata request.
    knownAuthorities: [endpoint.host],
    authorityMetadata: JSON.stringify({
      issuer: `${authority}/v2.0`,
      token_endpoint: endpoint.href,
      authorization_endpoint: authorizationUrl ?? `${authority}/oauth2/v2.0/authorize`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    }),
  };
}

function describeSecret(client: TokenClient): Pick<NodeAuthOptions, "clientSecret" | "clientCertificate"> {
  if (client.clientAuthentication !== "private_key_jwt") return { clientSecret: requireSecret(client) };
  const { privateKey, certificate } = requireKeyPair(client);
  try {
    const thumbprintSha256 = new X509Certificate(certificate).fingerprint256.replaceAll(":", "");
    return { clientCertificate: { thumbprintSha256, privateKey, x5c: certificate } };
  } catch {
    throw missing("certificate", "The certificate can't be read; it must be an X.509 certificate in PEM form.");
  }
}

type Outcome<T> = { received?: T; failure?: unknown };
type TokenForm = { url: string; headers: [string, string][]; form: URLSearchParams };

const noNetwork: INetworkModule = {
  async sendGetRequestAsync() {
    throw new AppError("internal", "msal-node asked for metadata although it was handed in.", { expose: false });
  },
  async sendPostRequestAsync() {
    throw new AppError("internal", "msal-node asked for a token although it only builds a URL.", { expose: false });
  },
};

function createNetworkClient<T extends ReceivedToken>(
  client: TokenClient,
  outcome: Outcome<T>,
  send: (request: TokenForm) => Promise<T>,
): INetworkModule {
  return {
    ...noNetwork,
    async sendPostRequestAsync<Body>(url: string, options?: NetworkRequestOptions) {
      try {
        const received = await send(adapt(client, url, options));
        outcome.received = received;
        const body = {
          access_token: received.accessToken,
          token_type: "Bearer",
          expires_in: received.expiresInSeconds,
          ...("idToken" in received && received.idToken ? { id_token: received.idToken } : {}),
        };
        return { headers: {}, body: body as Body, status: 200 };
      } catch (err) {
        outcome.failure = err;
        throw err;
      }
    },
  };
}

function scopeOf(client: TokenClient, grantType: string | null): string {
  if (grantType === "client_credentials") return client.scope;
  // RFC 6749 section 6: left out it stays what was granted, which may be less than what was asked for.
  return grantType === "refresh_token" ? "" : signInScope(client);
}

/** msal's request with the scope as it was entered, the extra parameters and, if asked for, Basic client authentication. */
function adapt(client: TokenClient, url: string, options?: NetworkRequestOptions) {
  const form = new URLSearchParams(options?.body);
  const headers = Object.entries(options?.headers ?? {});
  const scope = scopeOf(client, form.get("grant_type"));
  if (scope === "") form.delete("scope");
  else form.set("scope", scope);
  for (const [name, value] of extraParameters(client)) form.set(name, value);
  if (client.clientAuthentication === "client_secret_basic") {
    form.delete("client_id");
    form.delete("client_secret");
    headers.push(["authorization", basicAuthorization(client)]);
  }
  return { url, headers, form };
}
