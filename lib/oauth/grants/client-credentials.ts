import type { GrantClient, GrantKind, GrantRequest } from "./model.ts";

/** RFC 6749 section 4.4. */
export const clientCredentials = {
  credentialType: "application",
  label: "Client Credentials",
  parameters: ["scope"],
} as const satisfies GrantKind;

/**
 * Builds the request of an application's token. A token parameter `grant_type` names another grant (RFC 6749 section 4.5),
 * and so does the query of the endpoint URL.
 */
export function buildClientCredentialsRequest({ scope, endpointUrl, tokenParameters }: GrantClient): GrantRequest {
  const own = tokenParameters.find(({ name }) => name === "grant_type")?.value;
  const inUrl = own === undefined ? new URL(endpointUrl).searchParams.get("grant_type") : null;
  const grantType = own ?? inUrl ?? "client_credentials";
  return {
    grantType,
    isGrantInUrl: inUrl !== null,
    parameters: scope === "" ? {} : { scope },
    allowsPublicClient: false,
    msal:
      grantType !== "client_credentials"
        ? null
        : {
            method: "acquireTokenByClientCredential",
            // msal requires a scope.
            request: { scopes: [scope || ".default"], skipCache: true, azureRegion: "DisableMsalForceRegion" },
            scope,
            needsTenant: true,
          },
  };
}
