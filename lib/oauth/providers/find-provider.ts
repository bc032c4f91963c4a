import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { FoundProvider } from "#lib/oauth/catalog/fill.ts";
import { complainAboutUrl } from "#lib/oauth/credentials/endpoint.ts";
import { tidyUrl } from "#lib/oauth/credentials/entra-url.ts";
import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import { fetchDocument } from "./documents.ts";

const entraAuthority = "https://login.microsoftonline.com";
const wellKnown = "/.well-known/openid-configuration";
const direct = { proxy: { mode: "none" }, trustedCa: null } as const;

/** What a lookup takes: an Entra tenant by domain or ID, or an issuer or discovery URL. */
export type ProviderLookup = { kind: "entra" | "discovery"; text: string };

/**
 * Finds a provider's URLs in its discovery document (OpenID Connect Discovery 1.0 section 4). Connects directly: the
 * form's proxy may not be entered yet.
 * @throws AppError `invalid_input` if the text, the tenant, or the document is invalid, otherwise as `fetchDocument`.
 */
export async function findProvider(
  ctx: Context,
  { kind, text }: ProviderLookup,
  now: () => number = Date.now,
  authority = entraAuthority,
): Promise<FoundProvider> {
  requirePermission(ctx, "credentials.write");
  return kind === "entra" ? findTenant(text.trim(), authority, now) : discover(tidyUrl(text), now);
}

/** Resolves a tenant's domain to its ID; the endpoint has the ID, which outlives the domain. */
async function findTenant(tenant: string, authority: string, now: () => number): Promise<FoundProvider> {
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(tenant)) {
    throw invalid("Enter a tenant ID or a domain, such as contoso.com.");
  }
  try {
    return await readFound(`${authority}/${tenant.toLowerCase()}/v2.0${wellKnown}`, now);
  } catch (err) {
    const status = isAppError(err) ? err.provider?.status : undefined;
    if (status !== 400 && status !== 404) throw err;
    throw invalid(`Entra ID has no tenant ${tenant}. Check the domain, or paste the tenant ID.`, err);
  }
}

async function discover(text: string, now: () => number): Promise<FoundProvider> {
  const complaint = complainAboutUrl(text);
  if (complaint) throw invalid(complaint);
  return readFound(text.includes("/.well-known/") ? text : `${text.replace(/\/+$/, "")}${wellKnown}`, now);
}

async function readFound(discoveryUrl: string, now: () => number): Promise<FoundProvider> {
  const { json } = await fetchDocument(discoveryUrl, direct, now);
  const { issuer, token_endpoint: endpointUrl } = json;
  if (typeof issuer !== "string" || typeof endpointUrl !== "string" || complainAboutUrl(endpointUrl)) {
    throw invalid(`The document at ${discoveryUrl} has no issuer or no usable token_endpoint.`);
  }
  return { endpointUrl, issuer, discoveryUrl };
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError("invalid_input", message, { cause, fields: [{ field: "text", message }] });
}
