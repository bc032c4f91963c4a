import type { CatalogEntry } from "../model.ts";

export const keycloak: CatalogEntry = {
  id: "keycloak",
  name: "Keycloak",
  page: "https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients",
  lookup: "none",
  inputs: [
    {
      name: "server",
      label: "Server URL",
      placeholder: "https://sso.example.com",
      description: "Versions before 17 end in /auth.",
    },
    { name: "realm", label: "Realm", placeholder: "plant" },
  ],
  endpointUrl: "{server}/realms/{realm}/protocol/openid-connect/token",
  issuer: "{server}/realms/{realm}",
  scope: { application: "", user: "openid profile" },
  claims: { username: "preferred_username", roles: "realm_access.roles" },
  ask: [
    "The server's URL and the name of the realm",
    "A client with Client authentication on, and Service accounts roles on for system-to-system access",
    "For user sign-in: Standard flow on, and a mapper that adds realm roles to the ID token",
  ],
};
