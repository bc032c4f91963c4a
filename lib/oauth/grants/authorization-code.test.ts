import { expect, test } from "vitest";
import { buildCodeRequest, buildRefreshRequest, signInScope } from "./authorization-code.ts";

test("redeems a code with its verifier and redirect URI", () => {
  const exchange = { code: "c", codeVerifier: "v", redirectUri: "https://portal.example.com/callback" };
  expect(buildCodeRequest({ scope: "api" }, exchange)).toEqual({
    grantType: "authorization_code",
    parameters: { code: "c", code_verifier: "v", redirect_uri: "https://portal.example.com/callback" },
    allowsPublicClient: true,
    msal: {
      method: "acquireTokenByCode",
      request: { scopes: ["openid"], ...exchange },
      scope: "openid api",
      needsTenant: false,
    },
  });
});

test("refreshes without a scope, so that what was granted stays", () => {
  expect(buildRefreshRequest("r")).toMatchObject({
    grantType: "refresh_token",
    parameters: { refresh_token: "r" },
    msal: { request: { refreshToken: "r" }, scope: "" },
  });
});

test.each([
  ["", "openid profile"],
  ["api", "openid api"],
  ["api openid", "api openid"],
  ["openid.read", "openid openid.read"],
])("a sign-in with the scope %j requests %j", (scope, expected) => {
  expect(signInScope({ scope })).toBe(expected);
});
