import { X509Certificate } from "node:crypto";
import {
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NodeAuthOptions,
  PublicClientApplication,
  ResponseMode,
} from "@azure/msal-node";
import { clientAuthenticationMethods } from "#lib/oauth/client-authentication/registry.ts";
import { missing } from "#lib/oauth/client-authentication/require-secret.ts";
import { signInScope } from "#lib/oauth/grants/authorization-code.ts";
import type { GrantRequest, MsalCall } from "#lib/oauth/grants/model.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { AuthorizationRequest, ReceivedUserTokens, TokenClient } from "../model.ts";
import { isPublicClient, postTokenRequest } from "./token-endpoint.ts";

/**
 * Requests tokens from Microsoft Entra ID (or a server like it) through msal-node. Each call has its own application, so that
 * msal's cache and its throttling never answer in the provider's place. An ID token in the response is not verified yet.
 * @throws AppError as `postTokenRequest`, or `invalid_input` when the credential lacks a secret, key or tenant.
 */
export async function requestThroughMsal(
  client: TokenClient,
  request: GrantRequest,
  now: () => number,
): Promise<ReceivedUserTokens> {
  const { msal } = request;
  if (!msal) throw missing("grantType", `Microsoft Entra ID doesn't offer the grant type ${request.grantType}.`);
  const auth = describeClient(client, msal.needsTenant ? requireTenant(client) : readTenant(client));
  const outcome: Outcome = {};
  const isPublic = request.allowsPublicClient && isPublicClient(client);
  const send = (form: TokenForm) => postTokenRequest(client, adapt(client, msal, isPublic, form), now);
  const system = { networkClient: createNetworkClient(outcome, send), disableInternalRetries: true };
  const application = isPublic
    ? new PublicClientApplication({ auth, system })
    : new ConfidentialClientApplication({ auth: { ...auth, ...describeProof(client) }, system });
  const methods = application as unknown as Record<MsalCall["method"], (request: object) => Promise<unknown>>;
  try {
    await methods[msal.method](msal.request);
  } catch (err) {
    // msal hides network errors and rephrases refusals; the caller gets the original.
    if (!outcome.received) throw outcome.failure ?? err;
  }
  if (!outcome.received) throw new Error("msal answered without asking");
  return outcome.received;
}

/**
 * Builds the URL at which a user signs in ("Request an authorization code", Microsoft identity platform) with msal-node.
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
    ...(request.prompt !== null && { prompt: request.prompt }),
    ...(request.claims !== null && { claims: request.claims }),
  });
  const url = new URL(text);
  // msal asks for offline_access in any case; what is asked for is the credential's scope.
  url.searchParams.set("scope", signInScope(client));
  return url.href;
}

function readTenant(client: TokenClient): string {
  return new URL(client.endpointUrl).pathname.split("/")[1] ?? "";
}

function requireTenant(client: TokenClient): string {
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

function describeProof(
  client: TokenClient,
): Pick<NodeAuthOptions, "clientSecret" | "clientAssertion" | "clientCertificate"> {
  const part = clientAuthenticationMethods[client.clientAuthentication].buildForMsal?.(client);
  if (!part) throw missing("clientAuthentication", "Microsoft Entra ID doesn't offer this client authentication.");
  if (!("clientCertificate" in part)) return part;
  try {
    const certificate = new X509Certificate(part.clientCertificate.x5c);
    const thumbprintSha256 = certificate.fingerprint256.replaceAll(":", "");
    return { clientCertificate: { ...part.clientCertificate, thumbprintSha256 } };
  } catch {
    throw missing("certificate", "The certificate can't be read; it must be an X.509 certificate in PEM form.");
  }
}

type Outcome = { received?: ReceivedUserTokens; failure?: unknown };
type TokenForm = { url: string; headers: [string, string][]; form: URLSearchParams };

const noNetwork: INetworkModule = {
  async sendGetRequestAsync() {
    throw new AppError("internal", "msal-node asked for metadata although it was handed in.", { expose: false });
  },
  async sendPostRequestAsync() {
    throw new AppError("internal", "msal-node asked for a token although it only builds a URL.", { expose: false });
  },
};

function createNetworkClient(
  outcome: Outcome,
  send: (request: TokenForm) => Promise<ReceivedUserTokens>,
): INetworkModule {
  return {
    ...noNetwork,
    async sendPostRequestAsync<Body>(url: string, options?: NetworkRequestOptions) {
      try {
        const headers = Object.entries(options?.headers ?? {});
        const received = await send({ url, headers, form: new URLSearchParams(options?.body) });
        outcome.received = received;
        const { accessToken: access_token, expiresInSeconds: expires_in } = received;
        return { headers: {}, body: { access_token, token_type: "Bearer", expires_in } as Body, status: 200 };
      } catch (err) {
        outcome.failure = err;
        throw err;
      }
    },
  };
}

/** Puts the scope as it was entered and, where the method is a header, that one into msal's request. */
function adapt(
  client: TokenClient,
  { scope }: MsalCall,
  isPublic: boolean,
  { url, headers, form }: TokenForm,
): TokenForm {
  if (scope === "") form.delete("scope");
  else form.set("scope", scope);
  const { build } = clientAuthenticationMethods[client.clientAuthentication];
  const { authorization } = isPublic ? {} : build(client);
  if (!authorization) return { url, headers, form };
  form.delete("client_id");
  form.delete("client_secret");
  return { url, headers: [...headers, ["authorization", authorization]], form };
}
