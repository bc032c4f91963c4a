import { expect, test } from "vitest";
import { listFieldErrors } from "#lib/platform/errors/field-errors.ts";
import { type CredentialInput, credentialInput, credentialUpdate, withCredentialRules } from "./schema.ts";

const tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const application: CredentialInput = {
  name: "Orders API",
  type: "application",
  endpointUrl: "https://idp.example.com/token",
  clientId: "client",
  clientSecret: "s",
};
const user: CredentialInput = { ...application, type: "user", issuer: "https://idp.example.com" };
const entra: CredentialInput = { ...application, endpointUrl: tenant, scope: "api://orders/.default" };

function complaints(input: unknown, stored = { clientSecret: false, privateKey: false }): string[] {
  const result = withCredentialRules(stored).safeParse(input);
  return result.success ? [] : listFieldErrors(result.error).map(({ field }) => field);
}

test("the contract's example is accepted and completed with defaults", () => {
  const parsed = credentialInput.parse({
    ...entra,
    clientAuthentication: "client_secret_post",
    refreshIntervalSeconds: 1800,
    proxy: { mode: "manual", url: "http://proxy:3128", username: "u", password: "p", bypass: ["*.internal"] },
    allowedHosts: ["orders.example.com"],
    tokenParameters: { audience: "a" },
  });
  expect(parsed.endpointUrl).toBe(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`);
  expect(credentialInput.parse(application)).toMatchObject({
    clientAuthentication: "client_secret_post",
    refreshIntervalSeconds: 1800,
    proxy: { mode: "none" },
    allowedHosts: [],
  });
  expect(credentialInput.parse(user)).toMatchObject({ type: "user", mfa: "none", offeredAt: [] });
});

test("an Application has no settings of a sign-in", () => {
  expect(credentialInput.parse({ ...application, mfa: "none", roleMapping: [] })).not.toHaveProperty("mfa");
  expect(complaints({ ...application, mfa: "required", providerLogout: true })).toEqual(["mfa", "providerLogout"]);
});

test.each<[string, unknown, string[]]>([
  ["an Application", application, []],
  ["a User with its issuer", user, []],
  ["a User at Entra, whose URLs follow from the endpoint", { ...user, issuer: undefined, endpointUrl: tenant }, []],
  ["a User without a secret: a public client with PKCE", { ...user, clientSecret: undefined }, []],
  ["an Application at Entra", entra, []],
  ["no name", { ...application, name: "  " }, ["name"]],
  ["no client ID", { ...application, clientId: "" }, ["clientId"]],
  ["no endpoint", { ...application, endpointUrl: "" }, ["endpointUrl"]],
  ["no secret", { ...application, clientSecret: undefined }, ["clientSecret"]],
  ["a blank secret", { ...application, clientSecret: " " }, ["clientSecret"]],
  ["http to another machine", { ...application, endpointUrl: "http://idp.example.com/token" }, ["endpointUrl"]],
  ["http to this machine", { ...application, endpointUrl: "http://localhost:9000/token" }, []],
  [
    "http to a name that begins like this machine",
    { ...application, endpointUrl: "http://localhost.evil.test/" },
    ["endpointUrl"],
  ],
  [
    "user and password in the URL",
    { ...application, endpointUrl: "https://a:b@idp.example.com/token" },
    ["endpointUrl"],
  ],
  [
    "a discovery document as endpoint",
    { ...application, endpointUrl: "https://idp.example.com/.well-known/openid-configuration" },
    ["endpointUrl"],
  ],
  [
    "a placeholder",
    { ...application, endpointUrl: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token" },
    ["endpointUrl", "scope"],
  ],
  ["a grant type of the other type", { ...application, grantType: "authorization_code" }, ["grantType"]],
  ["the grant type of the type", { ...application, grantType: "client_credentials" }, []],
  [
    "User fields on an Application",
    { ...application, jwtUsernameKey: "upn", mfa: "required" },
    ["jwtUsernameKey", "mfa"],
  ],
  ["a User of another provider without issuer", { ...user, issuer: "" }, ["issuer"]],
  ["an authorization URL alone", { ...user, authorizationUrl: "https://idp.example.com/a" }, ["jwksUrl"]],
  [
    "a role mapping that stands twice",
    {
      ...user,
      roleMapping: [
        { claimValue: "a", role: "lead" },
        { claimValue: "a", role: "lead" },
      ],
    },
    ["roleMapping.1.claimValue"],
  ],
  [
    "an Application of all tenants",
    { ...entra, endpointUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/token" },
    ["endpointUrl"],
  ],
  ["Entra without scope", { ...entra, scope: "" }, ["scope"]],
  [
    "Entra set for an endpoint of another form",
    { ...entra, endpointUrl: "https://idp.example.com/token", provider: "entra" },
    ["endpointUrl"],
  ],
  ["a certificate's client without key", { ...application, clientAuthentication: "private_key_jwt" }, ["privateKey"]],
  [
    "a certificate's client at Entra without both",
    { ...entra, clientAuthentication: "private_key_jwt" },
    ["privateKey", "certificate"],
  ],
  ["a key that is no PEM", { ...application, privateKey: "abc" }, ["privateKey"]],
  [
    "a token parameter with its own field",
    { ...application, tokenParameters: { client_secret: "x" } },
    ["tokenParameters.client_secret"],
  ],
  ["a refresh interval under a minute", { ...application, refreshIntervalSeconds: 59 }, ["refreshIntervalSeconds"]],
  ["a URL as allowed host", { ...application, allowedHosts: ["https://a.example.com/x"] }, ["allowedHosts.0"]],
  ["quotes in a scope", { ...application, scope: 'api"' }, ["scope"]],
  ["a date that is none", { ...application, secretExpiresOn: "2026-02-30" }, ["secretExpiresOn"]],
])("%s", (_, input, expected) => {
  expect(complaints(input)).toEqual(expected);
});

test("a stored secret may be left out, but not removed while it is needed", () => {
  const stored = { clientSecret: true, privateKey: false };
  expect(complaints({ ...application, clientSecret: undefined }, stored)).toEqual([]);
  expect(complaints({ ...application, clientSecret: null }, stored)).toEqual(["clientSecret"]);
});

test("an edit names only what it changes and fills in nothing", () => {
  expect(credentialUpdate.parse({ version: 3, scope: " a   b " })).toEqual({ version: 3, scope: "a b" });
  expect(credentialUpdate.safeParse({ name: "x" }).success).toBe(false);
});
