import { describe, expect, test } from "vitest";
import { completeEndpointUrl, deriveEntraUrls, isSharedTenant } from "./entra-url.ts";

const id = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const global = `https://login.microsoftonline.com/${id}/oauth2/v2.0/token`;
const byDomain = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token";

describe("what people paste becomes the v2.0 token endpoint", () => {
  test.each([
    ["a tenant id", id, global],
    ["a tenant id in capitals", id.toUpperCase(), global],
    ["a tenant id with spaces and quotes", ` "${id}" `, global],
    ["a tenant id with a zero-width space", `\u200b${id}`, global],
    ["a tenant domain", "contoso.onmicrosoft.com", byDomain],
    ["a tenant domain in capitals", "Contoso.OnMicrosoft.com", byDomain],
    [
      "a domain of the US government cloud",
      "agency.onmicrosoft.us",
      "https://login.microsoftonline.us/agency.onmicrosoft.us/oauth2/v2.0/token",
    ],
    [
      "a domain of the cloud in China",
      "contoso.partner.onmschina.cn",
      "https://login.partner.microsoftonline.cn/contoso.partner.onmschina.cn/oauth2/v2.0/token",
    ],
    ["the v2 authorize URL", `https://login.microsoftonline.com/${id}/oauth2/v2.0/authorize`, global],
    [
      "an authorize URL with its query",
      `https://login.microsoftonline.com/${id}/oauth2/v2.0/authorize?client_id=1&scope=openid#x`,
      global,
    ],
    ["the v1 token URL", `https://login.microsoftonline.com/${id}/oauth2/token`, global],
    ["the policy of a token URL", `https://login.windows.net/${id}/oauth2/token?p=B2C_1_api`, `${global}?p=B2C_1_api`],
    [
      "the policy of an authorize URL",
      `https://login.microsoftonline.com/${id}/oauth2/v2.0/authorize?client_id=1&p=B2C_1_api`,
      `${global}?p=B2C_1_api`,
    ],
    ["the v1 authorize URL", `https://login.microsoftonline.com/${id}/oauth2/authorize`, global],
    ["the v2 token URL with a slash at the end", `${global}/`, global],
    ["the v2 token URL in quotes", `'${global}'`, global],
    ["the v2 metadata", `https://login.microsoftonline.com/${id}/v2.0/.well-known/openid-configuration`, global],
    ["the v1 metadata", `https://login.microsoftonline.com/${id}/.well-known/openid-configuration`, global],
    ["the v2 issuer", `https://login.microsoftonline.com/${id}/v2.0`, global],
    ["the v1 issuer", `https://sts.windows.net/${id}/`, global],
    ["the tenant alone", `https://login.microsoftonline.com/${id}`, global],
    ["the keys", `https://login.microsoftonline.com/${id}/discovery/v2.0/keys`, global],
    ["SAML and federation paths", `https://login.microsoftonline.com/${id}/saml2`, global],
    ["no scheme", `login.microsoftonline.com/${id}/oauth2/v2.0/token`, global],
    ["http", `http://login.microsoftonline.com/${id}/oauth2/v2.0/token`, global],
    ["capitals in the host", `https://Login.MicrosoftOnline.com/${id}/oauth2/v2.0/token`, global],
    ["the old login host", `https://login.windows.net/${id}/oauth2/token`, global],
    [
      "a verified domain as tenant",
      "https://login.microsoftonline.com/contoso.com/oauth2/authorize",
      byTenant("contoso.com"),
    ],
    ["a shared tenant", "https://login.microsoftonline.com/common/oauth2/authorize", byTenant("common")],
    [
      "the US government cloud",
      `https://login.microsoftonline.us/${id}/oauth2/v2.0/authorize`,
      on("login.microsoftonline.us"),
    ],
    [
      "the cloud in China",
      `https://login.partner.microsoftonline.cn/${id}/oauth2/token`,
      on("login.partner.microsoftonline.cn"),
    ],
    [
      "the old host in China",
      `https://login.chinacloudapi.cn/${id}/oauth2/token`,
      on("login.partner.microsoftonline.cn"),
    ],
    [
      "a portal link with the tenant's domain",
      "https://portal.azure.com/#@contoso.onmicrosoft.com/resource/subscriptions",
      byDomain,
    ],
    [
      "a portal link with a tenant id",
      `https://portal.azure.com/#view/Microsoft_AAD_IAM/TenantOverview.ReactView/tenantId/${id}`,
      global,
    ],
    ["an Entra admin centre link", `https://entra.microsoft.com/${id}/#view/Microsoft_AAD_IAM/Overview`, global],
    ["a portal of the US government cloud", `https://portal.azure.us/#@${id}/home`, on("login.microsoftonline.us")],
    [
      "an Entra-like server's authorize URL",
      `https://localhost:8443/${id}/oauth2/v2.0/authorize?x=1`,
      `https://localhost:8443/${id}/oauth2/v2.0/token`,
    ],
    [
      "an Entra-like server's metadata",
      `https://idp.test/${id}/v2.0/.well-known/openid-configuration`,
      `https://idp.test/${id}/oauth2/v2.0/token`,
    ],
  ])("%s", (_, pasted, expected) => {
    const provider = /localhost|idp\.test/.test(pasted) ? "entra" : null;
    const completed = completeEndpointUrl(pasted, provider);
    expect(completed.url).toBe(expected);
    if (pasted !== expected && pasted.replace(/^'|'$/g, "") !== expected) expect(completed.done).toMatch(/\.$/);
    expect(completeEndpointUrl(completed.url, provider)).toEqual({ url: expected, done: null });
  });

  function byTenant(tenant: string): string {
    return `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
  }
  function on(host: string): string {
    return `https://${host}/${id}/oauth2/v2.0/token`;
  }
});

describe("what is not Entra's stays as it is", () => {
  test.each([
    ["another provider's token endpoint", "https://idp.example.com/oauth2/token"],
    ["another provider's metadata", "https://idp.example.com/.well-known/openid-configuration"],
    ["a placeholder for the tenant", "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"],
    [
      "a portal link that only names an application",
      `https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/appId/${id}`,
    ],
    ["a host that only resembles Microsoft's", `https://login.microsoftonline.com.evil.test/${id}/token`],
    ["a plain domain", "contoso.com"],
    ["a word", "tenant"],
    ["nothing", ""],
    ["a broken escape", "https://idp.example.com/%zz"],
  ])("%s", (_, text) => {
    expect(completeEndpointUrl(text, null)).toEqual({ url: text, done: null });
  });
});

test("an Entra token endpoint names all other URLs of its tenant", () => {
  expect(deriveEntraUrls(global)).toEqual({
    tenant: id,
    tokenUrl: global,
    authorizationUrl: `https://login.microsoftonline.com/${id}/oauth2/v2.0/authorize`,
    jwksUrl: `https://login.microsoftonline.com/${id}/discovery/v2.0/keys`,
    discoveryUrl: `https://login.microsoftonline.com/${id}/v2.0/.well-known/openid-configuration`,
    issuer: `https://login.microsoftonline.com/${id}/v2.0`,
    logoutUrl: `https://login.microsoftonline.com/${id}/oauth2/v2.0/logout`,
  });
});

test("an Entra-like server has the same paths, also under a prefix", () => {
  expect(deriveEntraUrls(`https://localhost:8443/idp/${id}/oauth2/v2.0/token`)?.issuer).toBe(
    `https://localhost:8443/idp/${id}/v2.0`,
  );
});

test("a tenant named by its domain leaves the issuer open, since tokens name the id", () => {
  expect(deriveEntraUrls(byDomain)?.issuer).toBeNull();
  expect(deriveEntraUrls("https://idp.example.com/oauth2/token")).toBeNull();
});

test("common, organizations and consumers are no single tenant", () => {
  expect(isSharedTenant("https://login.microsoftonline.com/common/oauth2/v2.0/token")).toBe(true);
  expect(isSharedTenant(global)).toBe(false);
});

test.each([
  `https://idp.example.com/${id}/oauth2/v2.0/token?p=B2C_1_api`,
  `https://idp.example.com/${id}/oauth2/token`,
  `https://idp.example.com/${id}/oauth2/token?region=eu&region=us`,
  `https://idp.example.com/${id}/oauth2/v2.0/authorize`,
  `https://idp.example.com/${id}/oauth2/v2.0/token/`,
])("keeps the URL of another host: %s", (url) => {
  for (const provider of [null, undefined, "", "generic"]) {
    expect(completeEndpointUrl(` ${url} `, provider)).toEqual({ url, done: null });
  }
});

test.each([
  id,
  "contoso.onmicrosoft.com",
  `http://login.microsoftonline.com/${id}/oauth2/token?p=x`,
  "https://portal.azure.com/#@contoso.onmicrosoft.com",
])("changes nothing for a generic provider: %s", (text) => {
  expect(completeEndpointUrl(text, "generic")).toEqual({ url: text, done: null });
});

test("keeps the query of Entra ID's own token endpoint, and passes on its policy", () => {
  const url = `${global}?p=B2C_1_api&dc=x`;
  expect(completeEndpointUrl(url, null)).toEqual({ url, done: null });
  expect(deriveEntraUrls(url)).toMatchObject({
    tokenUrl: url,
    jwksUrl: `https://login.microsoftonline.com/${id}/discovery/v2.0/keys?p=B2C_1_api`,
    authorizationUrl: `https://login.microsoftonline.com/${id}/oauth2/v2.0/authorize?p=B2C_1_api`,
  });
});
