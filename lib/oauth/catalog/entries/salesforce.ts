import type { CatalogEntry } from "../model.ts";

export const salesforce: CatalogEntry = {
  id: "salesforce",
  name: "Salesforce",
  page: "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm&type=5",
  lookup: "none",
  inputs: [{ name: "domain", label: "My Domain", placeholder: "example.my.salesforce.com" }],
  endpointUrl: "https://{domain}/services/oauth2/token",
  scope: { application: "" },
  ask: [
    "The My Domain URL, such as example.my.salesforce.com",
    "An external client app with the client credentials flow enabled and an integration user to run as",
    "The consumer key (Client ID) and consumer secret (Client Secret)",
  ],
};
