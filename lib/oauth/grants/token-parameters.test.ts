import { expect, test } from "vitest";
import { listExtraParameters, reservedParameters } from "./token-parameters.ts";

test("reserves what the grants, the client authentications, and the fields decide", () => {
  expect([...reservedParameters].sort()).toEqual([
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "grant_type",
    "password",
    "redirect_uri",
    "refresh_token",
    "scope",
    "username",
  ]);
});

test("sends the other parameters of a credential", () => {
  const tokenParameters = { audience: "api", password: "x", code: "y", resource: "r" };
  expect(listExtraParameters({ tokenParameters })).toEqual([
    ["audience", "api"],
    ["resource", "r"],
  ]);
});
