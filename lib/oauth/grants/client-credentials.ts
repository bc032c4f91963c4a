import type { GrantClient, GrantKind, GrantRequest } from "./model.ts";

/** RFC 6749 section 4.4. */
export const clientCredentials = {
  credentialType: "application",
  label: "Client Credentials",
  parameters: ["scope"],
} as const satisfies GrantKind;

/** Builds the request of an application's token. */
export function buildClientCredentialsRequest({ scope }: GrantClient): GrantRequest {
  return {
    grantType: "client_credentials",
    parameters: scope === "" ? {} : { scope },
    allowsPublicClient: false,
    msal: {
      method: "acquireTokenByClientCredential",
      // msal requires a scope.
      request: { scopes: [scope || ".default"], skipCache: true, azureRegion: "DisableMsalForceRegion" },
      scope,
      needsTenant: true,
    },
  };
}
