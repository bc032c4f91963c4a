import { expect, test } from "vitest";
import { buildClientCredentialsRequest } from "./client-credentials.ts";

const client = { scope: "", endpointUrl: "https://idp.example.com/token", tokenParameters: [] };

test("sends the scope, and only to one tenant's endpoint at Entra ID", () => {
  expect(buildClientCredentialsRequest({ ...client, scope: "api" })).toMatchObject({
    grantType: "client_credentials",
    parameters: { scope: "api" },
    allowsPublicClient: false,
    msal: { method: "acquireTokenByClientCredential", request: { scopes: ["api"] }, scope: "api", needsTenant: true },
  });
});

test("sends no scope when there is none, although msal requires one", () => {
  expect(buildClientCredentialsRequest(client)).toMatchObject({
    parameters: {},
    msal: { request: { scopes: [".default"] }, scope: "" },
  });
});

test("a token parameter names another grant, which Entra ID doesn't offer", () => {
  const tokenParameters = [
    { name: "account_id", value: "acc1" },
    { name: "grant_type", value: "account_credentials" },
  ];
  expect(buildClientCredentialsRequest({ ...client, tokenParameters })).toMatchObject({
    grantType: "account_credentials",
    isGrantInUrl: false,
    msal: null,
  });
});

test("a grant in the query of the endpoint URL isn't repeated, unless a token parameter names one too", () => {
  const endpointUrl = "https://idp.example.com/token?grant_type=account_credentials";
  const inUrl = buildClientCredentialsRequest({ ...client, endpointUrl });
  expect(inUrl).toMatchObject({ grantType: "account_credentials", isGrantInUrl: true });
  const tokenParameters = [{ name: "grant_type", value: "client_credentials" }];
  const both = buildClientCredentialsRequest({ ...client, endpointUrl, tokenParameters });
  expect(both).toMatchObject({ grantType: "client_credentials", isGrantInUrl: false });
});
