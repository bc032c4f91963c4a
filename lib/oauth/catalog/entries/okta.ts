import type { CatalogEntry } from "../model.ts";

export const okta: CatalogEntry = {
  id: "okta",
  name: "Okta",
  page: "https://developer.okta.com/docs/guides/implement-grant-type/clientcreds/main/",
  lookup: "none",
  inputs: [
    { name: "domain", label: "Okta domain", placeholder: "example.okta.com" },
    { name: "server", label: "Authorization server", placeholder: "default", initial: "default" },
  ],
  endpointUrl: "https://{domain}/oauth2/{server}/v1/token",
  issuer: "https://{domain}/oauth2/{server}",
  clientAuthentication: "client_secret_basic",
  scope: { application: "", user: "openid profile groups" },
  claims: { username: "preferred_username", roles: "groups" },
  ask: [
    "The Okta domain and the ID of the custom authorization server",
    "An API Services app integration (system-to-system), or a Web Application (user sign-in)",
    "A custom scope of the authorization server, and an access policy that allows the app",
    "For user sign-in: a groups claim in the ID token",
  ],
};
