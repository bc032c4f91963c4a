import { expect, test } from "vitest";
import { readPasted } from "./read-pasted.ts";

test("a discovery URL is looked up, and another URL is the endpoint", () => {
  const discoveryUrl = "https://id.example.com/.well-known/openid-configuration";
  expect(readPasted(` ${discoveryUrl}\n`)).toEqual({ values: {}, discoveryUrl });
  const endpointUrl = "https://id.example.com/token";
  expect(readPasted(endpointUrl)).toEqual({ values: { endpointUrl }, discoveryUrl: null });
});

test.each([
  [
    "CLIENT_ID=abc\nexport CLIENT_SECRET='s=1'\nOAUTH_TOKEN_URL=\"https://id.example.com/token\"\n# SCOPE=no\nSCOPE=orders.read",
  ],
  ["Client ID: abc\nClient Secret: s=1\nToken endpoint: https://id.example.com/token\nScope: orders.read"],
  [
    '{"client_id":"abc","client_secret":"s=1","auth":{"token_endpoint":"https://id.example.com/token"},"scope":"orders.read"}',
  ],
])("reads the fields of %s", (text) => {
  expect(readPasted(text)).toEqual({
    values: { clientId: "abc", clientSecret: "s=1", endpointUrl: "https://id.example.com/token", scope: "orders.read" },
    discoveryUrl: null,
  });
});

test("an Entra tenant stands for its endpoint", () => {
  expect(readPasted("AZURE_TENANT_ID=72f988bf-86f1-41af-91ab-2d7cd011db47\nAZURE_CLIENT_ID=abc")?.values).toEqual({
    endpointUrl: "72f988bf-86f1-41af-91ab-2d7cd011db47",
    clientId: "abc",
  });
});

test("reads an SAP service key", () => {
  const uaa = { clientid: "sb-1", clientsecret: "key", url: "https://p.authentication.eu10.hana.ondemand.com" };
  expect(readPasted(JSON.stringify({ uaa, url: "https://api.example.com" }))?.values).toEqual({
    clientId: "sb-1",
    clientSecret: "key",
    endpointUrl: "https://p.authentication.eu10.hana.ondemand.com/oauth/token",
  });
});

test("a discovery document gives the endpoint and the issuer", () => {
  const document = {
    issuer: "https://id.example.com",
    token_endpoint: "https://id.example.com/token",
    scopes_supported: ["a"],
  };
  expect(readPasted(JSON.stringify(document))?.values).toEqual({
    issuer: "https://id.example.com",
    endpointUrl: "https://id.example.com/token",
  });
});

test.each(["", "hello", "{", "[1]", "A=", '{"user":"x"}'])("finds nothing in %j", (text) => {
  expect(readPasted(text)).toBeNull();
});
