import type { CatalogEntry } from "../model.ts";

export const oidc: CatalogEntry = {
  id: "oidc",
  name: "OpenID Connect",
  page: "https://openid.net/specs/openid-connect-discovery-1_0.html",
  lookup: "discovery",
  inputs: [
    {
      name: "url",
      label: "Issuer or discovery URL",
      placeholder: "https://id.example.com",
      description: "With or without /.well-known/openid-configuration. Read directly, without a proxy.",
    },
  ],
  scope: { application: "", user: "openid profile" },
  ask: [
    "The issuer, or the URL of the discovery document (.well-known/openid-configuration)",
    "The client authentication method: client_secret_post, client_secret_basic, or private_key_jwt",
    "The scope to request",
  ],
};
