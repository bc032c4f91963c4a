import type { CatalogEntry } from "../model.ts";

export const auth0: CatalogEntry = {
  id: "auth0",
  name: "Auth0",
  page: "https://auth0.com/docs/get-started/authentication-and-authorization-flow/client-credentials-flow",
  lookup: "none",
  inputs: [
    { name: "domain", label: "Auth0 domain", placeholder: "example.eu.auth0.com" },
    { name: "audience", label: "API identifier", placeholder: "https://orders.example.com" },
  ],
  endpointUrl: "https://{domain}/oauth/token",
  issuer: "https://{domain}/",
  scope: { application: "", user: "openid profile email" },
  tokenParameters: { audience: "{audience}" },
  claims: { username: "email" },
  ask: [
    "The tenant's domain, or its custom domain",
    "A Machine to Machine application that is authorized for the API, or a Regular Web Application (user sign-in)",
    "The API's identifier (audience) and the permissions to request as scope",
    "For user sign-in: an Action that adds roles to the ID token, and the name of that claim",
  ],
};
