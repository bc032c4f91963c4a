import type { CatalogEntry } from "../model.ts";

export const oauth2: CatalogEntry = {
  id: "oauth2",
  name: "Other OAuth 2.0",
  page: "https://www.rfc-editor.org/rfc/rfc6749",
  lookup: "none",
  inputs: [{ name: "url", label: "Token endpoint", placeholder: "https://id.example.com/oauth/token" }],
  endpointUrl: "{url}",
  scope: { application: "" },
  ask: [
    "The token endpoint's URL",
    "The client authentication method: in the request body, as HTTP Basic, or with a certificate",
    "The scope, and any parameter that the token request needs, such as audience or resource",
  ],
};
