import { expect, test } from "vitest";
import { claimsSameIssuer, type IssuerSettings, isIssuerOf } from "./issuer.ts";

const tenant = "7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754";

test.each([
  ["https://idp.example/.well-known/openid-configuration", "https://idp.example", true],
  ["https://idp.example/.well-known/openid-configuration", "https://idp.example/", true],
  ["https://idp.example/a/.well-known/openid-configuration?app=1", "https://idp.example/a", true],
  ["https://idp.example/.well-known/oauth-authorization-server/a", "https://idp.example/a", true],
  ["https://evil.example/.well-known/openid-configuration", "https://idp.example", false],
  ["https://idp.example/evil/.well-known/openid-configuration", "https://idp.example", false],
  ["https://idp.example/evil/.well-known/openid-configuration", "https://idp.example/good", false],
  ["https://idp.example/.well-known/openid-configuration", "https://idp.example//", false],
  ["https://idp.example/.well-known/openid-configuration", "https://IDP.example", false],
  ["https://evil.example/?https://idp.example/.well-known/openid-configuration", "https://idp.example", false],
  ["https://evil.example/discovery.json", "https://idp.example", false],
])("the document at %s that names %s is believed: %s", (url, issuer, believed) => {
  expect(isIssuerOf(url, issuer)).toBe(believed);
});

const generic = (settings: Partial<IssuerSettings>): IssuerSettings => ({
  provider: "generic",
  endpointUrl: "https://idp.example/token",
  issuer: "https://idp.example",
  discoveryUrl: null,
  jwksUrl: null,
  ...settings,
});
const entra = (name: string): IssuerSettings =>
  generic({ provider: "entra", issuer: null, endpointUrl: `https://login.example/${name}/oauth2/v2.0/token` });

test.each([
  ["the same provider twice", generic({}), generic({ endpointUrl: "https://idp.example/other" }), false],
  ["other keys", generic({}), generic({ jwksUrl: "https://evil.example/keys" }), true],
  [
    "other keys and a slash",
    generic({}),
    generic({ issuer: "https://idp.example/", jwksUrl: "https://e.example" }),
    true,
  ],
  ["another issuer", generic({}), generic({ issuer: "https://other.example" }), false],
  ["one tenant twice", entra(tenant), entra(tenant), false],
  ["a tenant and all tenants of one host", entra(tenant), entra("common"), false],
  ["a tenant, by another provider", entra("common"), generic({ issuer: `https://login.example/${tenant}/v2.0` }), true],
  ["a tenant with other keys", entra(tenant), { ...entra(tenant), jwksUrl: "https://evil.example/keys" }, true],
])("%s: one issuer of two providers", (_, one, other, same) => {
  expect([claimsSameIssuer(one, other), claimsSameIssuer(other, one)]).toEqual([same, same]);
});
