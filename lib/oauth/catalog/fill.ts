import type { CredentialType } from "#lib/oauth/credentials/kinds.ts";
import type { CatalogEntry } from "./model.ts";

/** Values of the form's fields that an entry fills in. */
export type Filled = {
  type: CredentialType;
  provider: "" | "entra" | "generic";
  endpointUrl?: string;
  issuer?: string;
  discoveryUrl?: string;
  clientId?: string;
  clientSecret?: string;
  clientAuthentication?: CatalogEntry["clientAuthentication"];
  scope?: string;
  tokenParameters?: { name: string; value: string }[];
  jwtUsernameKey?: string;
  jwtRolesKey?: string;
};

/** The URLs of a provider, as found in its discovery document. */
export type FoundProvider = { endpointUrl: string; issuer: string; discoveryUrl: string };

/**
 * Fills in an entry's templates.
 * @param type as selected; a type that the provider doesn't support is replaced.
 * @param found what a lookup found, null without one.
 */
export function fillEntry(
  entry: CatalogEntry,
  inputs: Record<string, string>,
  type: CredentialType,
  found: FoundProvider | null,
): Filled {
  const values = Object.fromEntries(
    entry.inputs.map(({ name, initial = "" }) => [name, tidyInput(name, inputs[name] ?? "") || initial]),
  );
  const fill = (template: string | undefined) =>
    template?.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  const supported = entry.scope[type] === undefined ? (Object.keys(entry.scope)[0] as CredentialType) : type;
  const parameters = Object.entries(entry.tokenParameters ?? {})
    .map(([name, template]) => ({ name, value: fill(template) ?? "" }))
    .filter(({ value }) => value !== "");
  return withoutUndefined({
    type: supported,
    provider: "",
    endpointUrl: found?.endpointUrl ?? fill(entry.endpointUrl),
    issuer: entry.lookup === "entra" ? undefined : (found?.issuer ?? fill(entry.issuer)),
    discoveryUrl: entry.lookup === "entra" ? undefined : discoveryOf(found),
    clientAuthentication: entry.clientAuthentication,
    scope: entry.scope[supported] || undefined,
    tokenParameters: parameters.length > 0 ? parameters : undefined,
    jwtUsernameKey: entry.claims?.username,
    jwtRolesKey: entry.claims?.roles,
  });
}

/** Lists the labels of inputs that are still empty. */
export function listMissing(entry: CatalogEntry, inputs: Record<string, string>): string[] {
  const isMissing = ({ name, initial }: CatalogEntry["inputs"][number]) => !initial && !inputs[name]?.trim();
  // Only some APIs have an audience.
  return entry.inputs.filter((input) => input.name !== "audience" && isMissing(input)).map(({ label }) => label);
}

/** Removes what pasting adds: spaces, slashes at the end, and the scheme of a domain. */
function tidyInput(name: string, text: string): string {
  if (name === "audience") return text.trim();
  const tidied = text.trim().replace(/\/+$/, "");
  return /domain$/i.test(name) ? tidied.replace(/^https?:\/\//i, "").replace(/\/.*$/, "") : tidied;
}

/** A discovery URL is only needed if it doesn't follow from the issuer. */
function discoveryOf(found: FoundProvider | null): string | undefined {
  if (!found) return undefined;
  const usual = `${found.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  return found.discoveryUrl === usual ? undefined : found.discoveryUrl;
}

function withoutUndefined<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
