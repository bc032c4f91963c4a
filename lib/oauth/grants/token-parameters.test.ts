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

test("sends the other parameters of a credential in their order, with repeats", () => {
  const pair = (name: string, value: string) => ({ name, value });
  const kept = [pair("resource", "b"), pair("audience", "api"), pair("resource", "a")];
  const tokenParameters = [pair("password", "x"), ...kept, pair("code", "y"), pair("grant_type", "z")];
  expect(listExtraParameters({ tokenParameters })).toEqual(kept);
});
