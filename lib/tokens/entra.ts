import { X509Certificate } from "node:crypto";
import {
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NodeAuthOptions,
} from "@azure/msal-node";
import { AppError } from "../errors.ts";
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
 * Asks Microsoft Entra ID (or a server like it) for a token with the client credentials grant through msal-node. Each
 * call has its own application, so that msal's cache and its throttling never answer in the provider's place.
 * @throws AppError as `postTokenRequest`, or `invalid_input` when the credential lacks a secret, key or tenant.
 */
export async function requestEntraToken(client: TokenClient, now: () => number): Promise<ReceivedToken> {
  const outcome: { received?: ReceivedToken; failure?: unknown } = {};
  const application = new ConfidentialClientApplication({
    auth: describeClient(client),
    system: { networkClient: createNetworkClient(client, now, outcome), disableInternalRetries: true },
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

function describeClient(client: TokenClient): NodeAuthOptions {
  const endpoint = new URL(client.endpointUrl);
  const tenant = endpoint.pathname.split("/")[1] ?? "";
  if (endpoint.protocol !== "https:")
    throw missing("endpointUrl", "The Endpoint URL of Microsoft Entra ID must begin with https://.");
  if (["", "common", "organizations", "consumers"].includes(tenant.toLowerCase())) {
    throw missing(
      "endpointUrl",
      "The Endpoint URL must name the tenant: an application gets tokens of one tenant only.",
    );
  }
  const authority = `${endpoint.origin}/${tenant}`;
  return {
    clientId: client.clientId,
    authority,
    // With both there is no instance discovery and no metadata request.
    knownAuthorities: [endpoint.host],
    authorityMetadata: JSON.stringify({
      issuer: `${authority}/v2.0`,
      token_endpoint: endpoint.href,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    }),
    ...describeSecret(client),
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

function createNetworkClient(
  client: TokenClient,
  now: () => number,
  outcome: { received?: ReceivedToken; failure?: unknown },
): INetworkModule {
  return {
    async sendGetRequestAsync() {
      throw new AppError("internal", "msal-node asked for metadata although it was handed in.", { expose: false });
    },
    async sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions) {
      try {
        const received = await postTokenRequest(client, adapt(client, url, options), now);
        outcome.received = received;
        const body = {
          access_token: received.accessToken,
          token_type: "Bearer",
          expires_in: received.expiresInSeconds,
        };
        return { headers: {}, body: body as T, status: 200 };
      } catch (err) {
        outcome.failure = err;
        throw err;
      }
    },
  };
}

/** msal's request with the scope as it was entered, the extra parameters and, if asked for, Basic client authentication. */
function adapt(client: TokenClient, url: string, options?: NetworkRequestOptions) {
  const form = new URLSearchParams(options?.body);
  const headers = Object.entries(options?.headers ?? {});
  if (client.scope === "") form.delete("scope");
  else form.set("scope", client.scope);
  for (const [name, value] of extraParameters(client)) form.set(name, value);
  if (client.clientAuthentication === "client_secret_basic") {
    form.delete("client_id");
    form.delete("client_secret");
    headers.push(["authorization", basicAuthorization(client)]);
  }
  return { url, headers, form };
}
