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
    "http for Entra, even on this machine",
    { ...entra, endpointUrl: "http://localhost:9000/contoso/oauth2/v2.0/token", provider: "entra" },
    ["endpointUrl"],
  ],
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

test("takes token parameters and headers as a list with repeats or as an object, and returns the list", () => {
  const list = [
    { name: "resource", value: "b" },
    { name: "audience", value: "x" },
    { name: "resource", value: "a" },
  ];
  expect(credentialInput.parse({ ...application, tokenParameters: list }).tokenParameters).toEqual(list);
  const asObject = { tokenParameters: { resource: "b", audience: "x" }, tokenHeaders: { "x-api-key": "k1" } };
  expect(credentialInput.parse({ ...application, ...asObject })).toMatchObject({
    tokenParameters: list.slice(0, 2),
    tokenHeaders: [{ name: "x-api-key", value: "k1" }],
  });
  expect(credentialUpdate.parse({ version: 1, ...asObject }).tokenParameters).toEqual(list.slice(0, 2));
  expect(credentialUpdate.parse({ version: 1 })).toEqual({ version: 1 });
});

const pair = (name: string, value = "x") => [{ name, value }];
test.each<[string, unknown, string[]]>([
  ["another grant", { tokenParameters: pair("grant_type", "account_credentials") }, []],
  ["a parameter of another field", { tokenParameters: pair("client_id") }, ["tokenParameters.0.name"]],
  ["the same in an object", { tokenParameters: { scope: "x" } }, ["tokenParameters.scope"]],
  ["a blank name", { tokenParameters: pair("") }, ["tokenParameters.0.name"]],
  ["no grant", { tokenParameters: pair("grant_type", " ") }, ["tokenParameters.0.value"]],
  [
    "a grant with parameters of its own",
    { tokenParameters: pair("grant_type", "password") },
    ["tokenParameters.0.value"],
  ],
  ["two grants", { tokenParameters: [...pair("grant_type"), ...pair("grant_type")] }, ["tokenParameters.1.value"]],
  ["a hidden character in a parameter", { tokenParameters: pair("a", "b\u200b") }, ["tokenParameters.0.value"]],
  ["a header of its own", { tokenHeaders: pair("Ocp-Apim-Subscription-Key") }, []],
  ["a header that Sallyport sets", { tokenHeaders: pair("Authorization") }, ["tokenHeaders.0.name"]],
  ["a header with a space", { tokenHeaders: pair("x api") }, ["tokenHeaders.0.name"]],
  ["a header value with a line break", { tokenHeaders: pair("x", "a\r\nb") }, ["tokenHeaders.0.value"]],
  ["a header value outside Latin-1", { tokenHeaders: pair("x", "密") }, ["tokenHeaders.0.value"]],
  ["a path with spaces", { tokenMember: "data token" }, ["tokenMember"]],
  ["a hidden character in the client ID", { clientId: "ab\u200bc" }, ["clientId"]],
  ["one at its end", { clientId: "abc\u200b" }, ["clientId"]],
  ["one in the secret", { clientSecret: "a\u00a0b" }, ["clientSecret"]],
  ["a line break in the secret", { clientSecret: "a\nb" }, ["clientSecret"]],
  ["one in the URL", { endpointUrl: "https://idp.example.com/to\u200bken" }, ["endpointUrl"]],
  ["one in the scope", { scope: "a\u200bb" }, ["scope"]],
  ["a tenant ID for a generic provider", { endpointUrl: tenant, provider: "generic" }, ["endpointUrl"]],
])("checks %s", (_, fields, expected) => {
  expect([...new Set(complaints({ ...application, ...(fields as object) }))]).toEqual(expected);
});

test("a grant type of an Application isn't one of a User, nor of Entra ID", () => {
  const tokenParameters = pair("grant_type", "account_credentials");
  expect(complaints({ ...user, tokenParameters })).toEqual(["tokenParameters.0.name"]);
  expect(complaints({ ...entra, tokenParameters })).toEqual(["tokenParameters.0.value"]);
});

test("a hidden character is reported without the secret", () => {
  const result = credentialInput.safeParse({ ...application, clientSecret: "hunter2\u200b" });
  expect(JSON.stringify(result.error?.issues)).toContain("Character 8 is hidden");
  expect(JSON.stringify(result.error?.issues)).not.toContain("hunter2");
});

test("the endpoint URL of a generic provider stays as entered", () => {
  const endpointUrl = `https://idp.example.com/${tenant}/oauth2/token?region=eu`;
  for (const provider of ["generic", null, undefined] as const) {
    expect(credentialInput.parse({ ...application, endpointUrl, provider }).endpointUrl).toBe(endpointUrl);
  }
});

test.each([application, user, entra, { ...user, endpointUrl: tenant }])(
  "parameters that don't parse are said at their field, whatever the type and provider",
  (input) => {
    for (const tokenParameters of [{ "": "x" }, { client_id: "x" }, { grant_type: "a\u200bb" }, [null], "x"]) {
      const found = complaints({ ...input, tokenParameters });
      expect(found.some((field) => field.startsWith("tokenParameters"))).toBe(true);
    }
  },
);
