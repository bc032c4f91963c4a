import type { CatalogEntry } from "../model.ts";

export const salesforce: CatalogEntry = {
  id: "salesforce",
  name: "Salesforce",
  page: "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm&type=5",
  lookup: "none",
  inputs: [{ name: "domain", label: "My Domain", placeholder: "example.my.salesforce.com" }],
  endpointUrl: "https://{domain}/services/oauth2/token",
  issuer: "https://{domain}",
  scope: { application: "", user: "openid profile" },
  claims: { username: "preferred_username", roles: "roles" },
  ask: [
    "The My Domain login URL; login.salesforce.com doesn't support the client credentials flow",
    "An external client app with the client credentials flow enabled and an integration user to run as",
    "The consumer key (Client ID) and consumer secret (Client Secret)",
  ],
};
