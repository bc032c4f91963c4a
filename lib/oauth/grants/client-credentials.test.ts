import { expect, test } from "vitest";
import { buildClientCredentialsRequest } from "./client-credentials.ts";

test("sends the scope, and only to one tenant's endpoint at Entra ID", () => {
  expect(buildClientCredentialsRequest({ scope: "api" })).toMatchObject({
    grantType: "client_credentials",
    parameters: { scope: "api" },
    allowsPublicClient: false,
    msal: { method: "acquireTokenByClientCredential", request: { scopes: ["api"] }, scope: "api", needsTenant: true },
  });
});

test("sends no scope when there is none, although msal requires one", () => {
  expect(buildClientCredentialsRequest({ scope: "" })).toMatchObject({
    parameters: {},
    msal: { request: { scopes: [".default"] }, scope: "" },
  });
});
