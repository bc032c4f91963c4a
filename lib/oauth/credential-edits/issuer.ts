import { and, eq, lt, ne, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { deriveEntraUrls } from "#lib/oauth/credentials/entra-url.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { invalidInput, isAppError } from "#lib/platform/errors/app-error.ts";
import type { ConfigurationColumns } from "./saving/to-columns.ts";

/** What decides which issuer a credential believes, and whose keys verify its ID tokens. */
export type IssuerSettings = {
  provider: "entra" | "generic";
  endpointUrl: string;
  issuer: string | null;
  discoveryUrl: string | null;
  jwksUrl: string | null;
};

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Builds the URL of an issuer's discovery document (OpenID Connect Discovery 1.0 section 4.1). */
export function discoveryUrlOf(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/**
 * Decides whether a discovery document at a URL can name an issuer (OpenID Connect Discovery 1.0 section 4.3, RFC 8414 section
 * 3.3): only the one that the URL belongs to, with or without a slash at the end.
 */
export function isIssuerOf(url: string, issuer: string): boolean {
  const owner = findOwner(url);
  return owner !== null && owner === issuer.replace(/\/$/, "");
}

/** Finds the issuer that a discovery URL belongs to, without a slash at the end; null if it has another form. */
function findOwner(url: string): string | null {
  const plain = url.replace(/[?#].*$/s, "");
  const appended = /^(.+?)\/?\/\.well-known\/openid-configuration$/.exec(plain);
  if (appended?.[1]) return appended[1];
  const inserted = /^(https?:\/\/[^/]+)\/\.well-known\/(?:openid-configuration|oauth-authorization-server)(\/.*)?$/i;
  const [, origin, path = ""] = inserted.exec(plain) ?? [];
  return origin ? `${origin}${path}`.replace(/\/$/, "") : null;
}

/** Makes the form of the issuers of all tenants of an Entra authority: `https://login.microsoftonline.com/{tenantid}/v2.0`. */
export function entraIssuerTemplate(endpointUrl: string): string | null {
  const derived = deriveEntraUrls(endpointUrl);
  return derived?.tokenUrl.replace(`/${derived.tenant}/oauth2/v2.0/token`, "/{tenantid}/v2.0") ?? null;
}

/** Whether an issuer is a tenant of that form. */
export function isTenantOf(template: string, issuer: string): boolean {
  const [before = "", after = ""] = template.split("{tenantid}");
  return issuer.startsWith(before) && issuer.endsWith(after) && guid.test(issuer.slice(before.length, -after.length));
}

/** Whether two credentials believe the same issuer by the keys of different providers. */
export function claimsSameIssuer(one: IssuerSettings, other: IssuerSettings): boolean {
  const [a, b] = [readIssuer(one), readIssuer(other)];
  if (a === null || b === null || readKeySource(one) === readKeySource(other)) return false;
  return a === b || isTenantOf(a, b) || isTenantOf(b, a);
}

/** The issuer, or the form of those of many tenants, to compare: in small letters, without a slash at the end. */
export function readIssuer({ provider, endpointUrl, issuer, discoveryUrl }: IssuerSettings): string | null {
  const derived =
    provider === "entra" ? (deriveEntraUrls(endpointUrl)?.issuer ?? entraIssuerTemplate(endpointUrl)) : null;
  const found = issuer ?? derived ?? (discoveryUrl && findOwner(discoveryUrl));
  return found ? found.toLowerCase().replace(/\/$/, "") : null;
}

function readKeySource({ provider, endpointUrl, issuer, discoveryUrl, jwksUrl }: IssuerSettings): string {
  if (jwksUrl) return jwksUrl;
  if (provider === "entra") return entraIssuerTemplate(endpointUrl) ?? endpointUrl;
  return (discoveryUrl ?? discoveryUrlOf(issuer ?? "")).replace(/[?#].*$/s, "");
}

/** Picks from the columns of a credential what decides about its issuer. */
export function toIssuerSettings(id: string, columns: ConfigurationColumns): Owned & { type: string } {
  const { type, endpointUrl, provider = "generic", issuer = null, discoveryUrl = null, jwksUrl = null } = columns;
  return { id, type, endpointUrl, provider, issuer, discoveryUrl, jwksUrl };
}

type Owned = IssuerSettings & { id: string };

/**
 * Refuses a User credential whose issuer another one trusts by other keys: users are found by issuer and subject, so one
 * provider could sign in the other one's users.
 * @throws AppError `invalid_input`
 */
export async function requireOwnIssuer(tx: Transaction, ctx: Context, own: Owned & { type: string }): Promise<void> {
  if (own.type !== "user") return;
  // Two credentials that are saved concurrently must see each other.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('issuers of credentials'))`);
  const rival = await findRival(tx, own);
  if (!rival) return;
  const other = mayRead(ctx) ? `The credential “${rival.name}”` : "Another credential";
  const message = `${other} has this issuer with other keys. An issuer belongs to one provider: use the same Discovery URL and JWKS URL.`;
  throw invalidInput([{ field: own.provider === "entra" ? "endpointUrl" : "issuer", message }]);
}

function mayRead(ctx: Context): boolean {
  try {
    requirePermission(ctx, "credentials.read");
    return true;
  } catch (err) {
    if (isAppError(err)) return false;
    throw err;
  }
}

/**
 * Finds another User credential that trusts the same issuer by other keys.
 * @param olderOnly whether only credentials that were created before count.
 */
export async function findRival(
  tx: Transaction,
  own: Owned,
  { olderOnly = false } = {},
): Promise<{ name: string } | null> {
  const { id, name, type, provider, endpointUrl, issuer, discoveryUrl, jwksUrl } = credentials;
  const others = await tx
    .select({ name, provider, endpointUrl, issuer, discoveryUrl, jwksUrl })
    .from(credentials)
    .where(and(eq(type, "user"), olderOnly ? lt(id, own.id) : ne(id, own.id)));
  return others.find((other) => claimsSameIssuer(own, other)) ?? null;
}
