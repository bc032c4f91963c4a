import { auth0 } from "./entries/auth0.ts";
import { entra } from "./entries/entra.ts";
import { google } from "./entries/google.ts";
import { keycloak } from "./entries/keycloak.ts";
import { oauth2 } from "./entries/oauth2.ts";
import { oidc } from "./entries/oidc.ts";
import { okta } from "./entries/okta.ts";
import { salesforce } from "./entries/salesforce.ts";
import { sap } from "./entries/sap.ts";
import type { CatalogEntry } from "./model.ts";

/** Identity providers, in the order in which the form offers them. */
export const catalog: CatalogEntry[] = [entra, keycloak, okta, auth0, google, salesforce, sap, oidc, oauth2];

/** Finds an entry. @throws Error for an ID that isn't in the catalog. */
export function findEntry(id: string): CatalogEntry {
  const entry = catalog.find((candidate) => candidate.id === id);
  if (!entry) throw new Error(`The catalog has no ${id}.`);
  return entry;
}

/** Returns what to ask an IT team for, as text to send. */
export function describeNeeds(entry: CatalogEntry, redirectUri: string): string {
  const lines = [
    ...entry.ask,
    "Client ID",
    "Client Secret (send it over a secure channel)",
    `For user sign-in: register the redirect URI ${redirectUri} (platform Web)`,
  ];
  return `To connect Sallyport to ${entry.name}, we need:\n${lines.map((line) => `- ${line}`).join("\n")}\n`;
}
