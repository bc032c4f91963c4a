import type { CatalogEntry } from "../model.ts";

export const entra: CatalogEntry = {
  id: "entra",
  name: "Microsoft Entra ID",
  page: "https://learn.microsoft.com/en-us/entra/identity-platform/quickstart-register-app",
  lookup: "entra",
  inputs: [
    {
      name: "tenant",
      label: "Tenant domain or ID",
      placeholder: "contoso.com",
      description: "Looked up directly, without a proxy.",
    },
  ],
  clientAuthentication: "client_secret_post",
  scope: { application: "", user: "openid profile offline_access" },
  claims: { username: "preferred_username", roles: "roles" },
  ask: [
    "Directory (tenant) ID, or the tenant's domain",
    "An app registration with admin consent for the API's application permissions or app roles",
    "The scope: the API's Application ID URI followed by /.default, such as api://orders/.default",
    "The client secret's value (not its ID) and its expiry date, or a certificate",
  ],
};
