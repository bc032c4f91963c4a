import { discoveryUrlOf, entraIssuerTemplate, isIssuerOf, isTenantOf } from "#lib/oauth/credential-edits/issuer.ts";
import { deriveEntraUrls } from "#lib/oauth/credentials/entra-url.ts";
import type { OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { fetchDocument } from "./documents.ts";
import type { ExpectedIssuer } from "./id-token.ts";

/** What signing in needs to know of a provider. The token endpoint is the credential's own. */
export type ProviderMetadata = {
  issuer: ExpectedIssuer;
  authorizationUrl: string;
  jwksUrl: string;
  userinfoUrl: string | null;
  logoutUrl: string | null;
  /** The provider says that each of its answers names the issuer (RFC 9207 section 3). */
  namesIssuer: boolean;
  /** `mtls_endpoint_aliases.token_endpoint` (RFC 8705 section 5): where clients go that show a certificate in TLS. */
  mutualTlsTokenUrl: string | null;
};

/** What is asked of a credential for that. */
export type MetadataClient = Pick<
  OpenUserCredential,
  | "provider"
  | "endpointUrl"
  | "discoveryUrl"
  | "issuer"
  | "authorizationUrl"
  | "jwksUrl"
  | "proxy"
  | "trustedCa"
  | "claimsSource"
  | "allowedTenants"
>;

const accounts = { common: "any", organizations: "work", consumers: "personal" } as const;

/**
 * The URLs and the issuer of a credential's provider: entered, derived for Entra ID (whose tenants need no request), or
 * from the discovery document (OpenID Connect Discovery 1.0 section 4).
 * @throws AppError as `fetchDocument`, `invalid_input` naming the field when the document does not fit the credential.
 */
export async function getProviderMetadata(client: MetadataClient, now: () => number): Promise<ProviderMetadata> {
  return client.provider === "entra" ? readEntra(client, now) : readGeneric(client, now);
}

async function readEntra(client: MetadataClient, now: () => number): Promise<ProviderMetadata> {
  const derived = deriveEntraUrls(client.endpointUrl);
  if (!derived) throw mismatch("endpointUrl", "The Endpoint URL is not that of an Entra tenant.");
  const { tenant } = derived;
  const kind = accounts[tenant.toLowerCase() as keyof typeof accounts];
  const template = entraIssuerTemplate(client.endpointUrl) as string;
  const issuer = client.issuer ?? derived.issuer;
  const needsDocument = (issuer === null && kind === undefined) || client.claimsSource === "userinfo";
  const document = needsDocument ? await readDocument(client.discoveryUrl ?? derived.discoveryUrl, client, now) : null;
  if (document) requireEntraIssuer(requireText(document, "issuer"), issuer, template);
  return {
    issuer: issuer
      ? { kind: "exact", issuer }
      : kind
        ? { kind: "entra_tenants", template, accounts: kind, allowed: client.allowedTenants }
        : { kind: "exact", issuer: requireText(document, "issuer") },
    authorizationUrl: client.authorizationUrl ?? derived.authorizationUrl,
    jwksUrl: client.jwksUrl ?? derived.jwksUrl,
    userinfoUrl: readUrl(document, "userinfo_endpoint"),
    logoutUrl: derived.logoutUrl,
    namesIssuer: false,
    mutualTlsTokenUrl: null,
  };
}

async function readGeneric(client: MetadataClient, now: () => number): Promise<ProviderMetadata> {
  const explicit = client.authorizationUrl && client.jwksUrl && client.issuer;
  if (explicit && client.claimsSource !== "userinfo" && !client.discoveryUrl) {
    return {
      issuer: { kind: "exact", issuer: client.issuer as string },
      authorizationUrl: client.authorizationUrl as string,
      jwksUrl: client.jwksUrl as string,
      userinfoUrl: null,
      logoutUrl: null,
      namesIssuer: false,
      mutualTlsTokenUrl: null,
    };
  }
  const url = client.discoveryUrl ?? discoveryUrlOf(client.issuer ?? "");
  const document = await readDocument(url, client, now);
  const issuer = requireText(document, "issuer");
  if (client.issuer && client.issuer !== issuer) {
    const message = `The provider calls itself ${issuer}; the credential has the issuer ${client.issuer}.`;
    throw mismatch("issuer", message);
  }
  // Section 4.3: otherwise, any provider could name the issuer of another one.
  if (!client.issuer && !isIssuerOf(url, issuer)) {
    const message = `The discovery document at ${url} names the issuer ${issuer}, which it doesn't belong to.`;
    throw mismatch("discoveryUrl", message, "Check the Discovery URL. If it's right, enter the Issuer too.");
  }
  return {
    issuer: { kind: "exact", issuer },
    authorizationUrl: client.authorizationUrl ?? requireUrl(document, "authorization_endpoint"),
    jwksUrl: client.jwksUrl ?? requireUrl(document, "jwks_uri"),
    userinfoUrl: readUrl(document, "userinfo_endpoint"),
    logoutUrl: readUrl(document, "end_session_endpoint"),
    namesIssuer: document.authorization_response_iss_parameter_supported === true,
    mutualTlsTokenUrl: readUrl(readAliases(document), "token_endpoint"),
  };
}

function readAliases({ mtls_endpoint_aliases: aliases }: Document): Document | null {
  return typeof aliases === "object" ? (aliases as Document | null) : null;
}

/** A document of Entra ID names its tenant by ID, or the form for many tenants, whatever name the URL has for it. */
function requireEntraIssuer(named: string, issuer: string | null, template: string): void {
  if (named === issuer || (issuer === null && (named === template || isTenantOf(template, named)))) return;
  const expected = issuer ?? template;
  throw mismatch("discoveryUrl", `The discovery document names the issuer ${named} instead of ${expected}.`);
}

type Document = Record<string, unknown>;

async function readDocument(url: string, client: MetadataClient, now: () => number): Promise<Document> {
  return (await fetchDocument(url, client, now)).json;
}

function requireText(document: Document | null, name: string): string {
  const value = document?.[name];
  if (typeof value === "string" && value !== "") return value;
  throw mismatch("discoveryUrl", `The provider's discovery document has no ${name}.`);
}

function requireUrl(document: Document, name: string): string {
  const url = readUrl(document, name);
  if (url) return url;
  throw mismatch("discoveryUrl", `The provider's discovery document has no usable ${name}.`);
}

/** A URL of the document: https, or http on this machine as everywhere. */
function readUrl(document: Document | null, name: string): string | null {
  const value = document?.[name];
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || isLocal ? (value as string) : null;
}

function mismatch(field: string, message: string, hint = "Edit the credential."): AppError {
  return new AppError("invalid_input", message, {
    hint,
    fields: [{ field, message }],
  });
}
