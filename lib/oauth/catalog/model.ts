import type { ClientAuthentication } from "#lib/oauth/client-authentication/registry.ts";
import type { CredentialType } from "#lib/oauth/credentials/kinds.ts";

/** A value that an entry needs, such as a domain; `{name}` in its templates. */
export type CatalogInput = {
  name: string;
  label: string;
  placeholder: string;
  description?: string;
  /** Filled in if left empty. */
  initial?: string;
};

/** An identity provider as data: what is the same for all of its tenants. */
export type CatalogEntry = {
  id: string;
  name: string;
  /** The page where the provider documents its clients. */
  page: string;
  inputs: CatalogInput[];
  /** How the URLs are found: from templates, an Entra tenant, a discovery document, or not at all. */
  lookup: "none" | "entra" | "discovery";
  /** Templates with `{name}` for inputs; left out if the form's field stays as it is. */
  endpointUrl?: string;
  issuer?: string;
  clientAuthentication?: ClientAuthentication;
  /** The usual scope for each type; a type without one isn't supported. */
  scope: Partial<Record<CredentialType, string>>;
  /** Token parameters by name, as templates. */
  tokenParameters?: Record<string, string>;
  claims?: { username: string; roles?: string };
  /** What to ask the IT team for, in addition to Client ID and Client Secret. */
  ask: string[];
};
