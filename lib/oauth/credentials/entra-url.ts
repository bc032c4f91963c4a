/** The login hosts of Microsoft's clouds ("National clouds", Microsoft identity platform) and what older names stand for. */
const loginHosts = new Map(
  Object.entries({
    "login.microsoftonline.com": "login.microsoftonline.com",
    "login.windows.net": "login.microsoftonline.com",
    "login.microsoft.com": "login.microsoftonline.com",
    "sts.windows.net": "login.microsoftonline.com",
    "login.microsoftonline.us": "login.microsoftonline.us",
    "login.partner.microsoftonline.cn": "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn": "login.partner.microsoftonline.cn",
    "sts.chinacloudapi.cn": "login.partner.microsoftonline.cn",
  }),
);

/** Pages of people in front of these clouds; a link to one often names the tenant. */
const portalHosts = new Map(
  Object.entries({
    "portal.azure.com": "login.microsoftonline.com",
    "entra.microsoft.com": "login.microsoftonline.com",
    "aad.portal.azure.com": "login.microsoftonline.com",
    "portal.azure.us": "login.microsoftonline.us",
    "entra.microsoft.us": "login.microsoftonline.us",
    "portal.azure.cn": "login.partner.microsoftonline.cn",
    "entra.microsoftonline.cn": "login.partner.microsoftonline.cn",
  }),
);

const domainClouds: [suffix: RegExp, host: string][] = [
  [/\.onmicrosoft\.com$/i, "login.microsoftonline.com"],
  [/\.onmicrosoft\.us$/i, "login.microsoftonline.us"],
  [/\.partner\.onmschina\.cn$/i, "login.partner.microsoftonline.cn"],
];

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const anyGuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const domain = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/** Authorities that stand for many tenants ("OAuth 2.0 and OpenID Connect endpoints", Microsoft identity platform). */
const sharedTenants = ["common", "organizations", "consumers"];

/** Paths of an Entra tenant: v1 and v2 endpoints, keys, metadata, and the bare issuers. */
const entraPath =
  /^\/oauth2\/(v2\.0\/)?(token|authorize|logout|devicecode|nativeclient)\/?$|^\/discovery\/(v2\.0\/)?keys\/?$|^\/(v2\.0\/)?\.well-known\/openid-configuration\/?$/;

/** What was typed or pasted as endpoint URL, completed. `done` tells in words what was changed, null when nothing was. */
export type CompletedEndpoint = { url: string; done: string | null };

/** Removes what pasting adds around a URL: spaces, quotes, brackets, hidden characters. */
export function tidyUrl(text: string): string {
  return text.replace(
    /^(?:[\s"'`<>“”„‘’]|\u200b|\u200c|\u200d|\u2060)+|(?:[\s"'`<>“”„‘’,;]|\u200b|\u200c|\u200d|\u2060)+$/g,
    "",
  );
}

/**
 * Completes what people have at hand for Microsoft Entra ID to the v2.0 token endpoint: a tenant ID, a tenant domain
 * (`contoso.onmicrosoft.com`), any URL of a login host (authorize, token, keys, metadata, v1 and v2, sovereign clouds), a
 * portal link that names the tenant, with stray spaces and quotes. Keeps the query of a token endpoint. Returns anything
 * else tidied.
 * @param provider as chosen: `generic` changes nothing, and `entra` completes the same paths on other hosts (Entra-like
 *   servers) if the tenant is an ID. Otherwise, the host decides.
 */
export function completeEndpointUrl(text: string, provider: unknown): CompletedEndpoint {
  const tidied = tidyUrl(text);
  if (provider === "generic") return { url: tidied, done: null };
  const byTenant = completeTenant(tidied);
  if (byTenant) return byTenant;
  const url = parseUrl(tidied);
  if (!url) return { url: tidied, done: null };
  const completed =
    completeLoginUrl(url) ?? completePortalUrl(url) ?? (provider === "entra" ? completeLikeUrl(url) : null);
  if (!completed || completed.url === tidied) return { url: tidied, done: null };
  return completed;
}

function completeTenant(text: string): CompletedEndpoint | null {
  if (guid.test(text))
    return { url: tokenUrl("login.microsoftonline.com", text), done: "Completed from the tenant id." };
  const cloud = domain.test(text) ? domainClouds.find(([suffix]) => suffix.test(text)) : undefined;
  return cloud ? { url: tokenUrl(cloud[1], text), done: "Completed from the tenant's domain." } : null;
}

function completeLoginUrl(url: URL): CompletedEndpoint | null {
  const host = loginHosts.get(url.hostname);
  const tenant = decode(url.pathname.split("/")[1] ?? "");
  if (!host || !isTenant(tenant)) return null;
  const completed = tokenUrl(host, tenant) + keptQuery(url);
  if (sameUrl(url, completed)) return { url: completed, done: "Tidied up." };
  const moved = host === url.hostname ? "" : `, on ${host}, the current name of ${url.hostname}`;
  return { url: completed, done: `Completed to the v2.0 token endpoint of the tenant ${tenant}${moved}.` };
}

/** Portal links name the tenant after `@`, as `tenantId/…`, or as the first part of the path. */
function completePortalUrl(url: URL): CompletedEndpoint | null {
  const host = portalHosts.get(url.hostname);
  if (!host) return null;
  const text = decode(url.href);
  const tenant =
    /[#/]@([A-Za-z0-9.-]+)/.exec(text)?.[1] ??
    new RegExp(`tenantId[/=]["']?(${anyGuid.source})`, "i").exec(text)?.[1] ??
    new RegExp(`^/(${anyGuid.source})(/|$)`, "i").exec(url.pathname)?.[1];
  if (!tenant || !isTenant(tenant)) return null;
  return { url: tokenUrl(host, tenant), done: `Completed from the tenant ${tenant} that the link names.` };
}

function completeLikeUrl(url: URL): CompletedEndpoint | null {
  const [, tenant = "", ...rest] = url.pathname.split("/");
  if (!guid.test(tenant) || !entraPath.test(`/${rest.join("/")}`)) return null;
  const completed = `${url.origin}/${tenant}/oauth2/v2.0/token${keptQuery(url)}`;
  return { url: completed, done: `Completed to the v2.0 token endpoint on ${url.host}.` };
}

function isTenant(text: string): boolean {
  return guid.test(text) || sharedTenants.includes(text.toLowerCase()) || domain.test(text);
}

function tokenUrl(host: string, tenant: string): string {
  return `https://${host}/${tenant.toLowerCase()}/oauth2/v2.0/token`;
}

/** The query of a token endpoint belongs to it (RFC 6749 section 3.2), such as a policy of Azure AD B2C (`?p=`). */
function keptQuery(url: URL): string {
  if (/\/token\/?$/i.test(url.pathname)) return url.search;
  const policy = url.searchParams.get("p");
  return policy === null ? "" : `?p=${encodeURIComponent(policy)}`;
}

function sameUrl(url: URL, other: string): boolean {
  return url.origin + url.pathname.replace(/\/$/, "").toLowerCase() + url.search === other;
}

function parseUrl(text: string): URL | null {
  const withScheme = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) return null;
  const url = new URL(withScheme);
  const known = loginHosts.has(url.hostname) || portalHosts.has(url.hostname);
  // Without a scheme only a known host is taken for a URL; with http Microsoft's hosts are meant by https.
  if (known) url.protocol = "https:";
  return known || withScheme === text ? url : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a host is one of Microsoft's login hosts, so that the provider of an endpoint there is `entra`. */
export function isEntraHost(hostname: string): boolean {
  return loginHosts.has(hostname);
}

/** The URLs of an Entra tenant. `issuer` is null when the tenant is a domain or stands for many: its tokens name the id. */
export type EntraUrls = {
  tenant: string;
  tokenUrl: string;
  authorizationUrl: string;
  jwksUrl: string;
  discoveryUrl: string;
  issuer: string | null;
  logoutUrl: string;
};

/**
 * Derives a tenant's other URLs from its token endpoint, at Microsoft or on an Entra-like server with the same paths, with
 * the policy of Azure AD B2C (`?p=`).
 * @returns null when the URL is not of the form `…/<tenant>/oauth2/v2.0/token`.
 */
export function deriveEntraUrls(endpointUrl: string): EntraUrls | null {
  const match = /^(https?:\/\/[^/?#]+(?:\/[^?#]*?)?)\/([^/?#]+)\/oauth2\/v2\.0\/token(\?[^#]*)?$/i.exec(endpointUrl);
  if (!match?.[1] || !match[2]) return null;
  const tenant = match[2];
  const policy = new URLSearchParams(match[3] ?? "").get("p");
  const query = policy === null ? "" : `?p=${encodeURIComponent(policy)}`;
  const base = `${match[1]}/${tenant}`;
  return {
    tenant,
    tokenUrl: endpointUrl,
    authorizationUrl: `${base}/oauth2/v2.0/authorize${query}`,
    jwksUrl: `${base}/discovery/v2.0/keys${query}`,
    discoveryUrl: `${base}/v2.0/.well-known/openid-configuration${query}`,
    issuer: guid.test(tenant) ? `${base}/v2.0` : null,
    logoutUrl: `${base}/oauth2/v2.0/logout${query}`,
  };
}

/** Whether an Entra endpoint names no single tenant; client credentials need one. */
export function isSharedTenant(endpointUrl: string): boolean {
  const tenant = deriveEntraUrls(endpointUrl)?.tenant.toLowerCase();
  return tenant !== undefined && sharedTenants.includes(tenant);
}
