import { expect, test } from "vitest";
import { isSecretHeader, isSecretParameter } from "./secret-names.ts";
import { showValues, toEntered } from "./secret-values.ts";

test.each([
  "Authorization",
  "Proxy-Authorization",
  "Cookie",
  "X-API-Key",
  "api-key",
  "apikey",
  "api_key",
  "Ocp-Apim-Subscription-Key",
  "x-functions-key",
  "X-Auth-Token",
  "X-Access-Token",
  "X-Amz-Security-Token",
  "Private-Token",
  "X-Gitlab-Token",
  "X-Vault-Token",
  "X-Client-Secret",
  "X-Password",
])("a header %s is secret without being marked", (name) => {
  expect(isSecretHeader({ name })).toBe(true);
});

test("other headers are secret if they're marked, and most secret ones can be unmarked", () => {
  for (const name of ["X-Site", "Accept", "Content-Type", "Idempotency-Key"])
    expect(isSecretHeader({ name })).toBe(false);
  expect(isSecretHeader({ name: "X-Site", secret: true })).toBe(true);
  expect(isSecretHeader({ name: "X-Api-Key", secret: false })).toBe(false);
  for (const name of ["cookie", "Authorization"]) expect(isSecretHeader({ name, secret: false })).toBe(true);
  expect(isSecretHeader({ name: "Content-Type", secret: true })).toBe(false);
});

test("parameters of token requests are secret by their names, too", () => {
  for (const name of ["assertion", "subject_token", "pass_phrase_secret"])
    expect(isSecretParameter({ name })).toBe(true);
  for (const name of ["audience", "resource", "subject_token_type", "grant_type"])
    expect(isSecretParameter({ name })).toBe(false);
  expect(isSecretParameter({ name: "pin", secret: true })).toBe(true);
  expect(isSecretParameter({ name: "token_format", secret: false })).toBe(false);
});

test("of a stored list people see everything but secret values, also those that aren't sealed yet", () => {
  const setAt = "2026-01-01T00:00:00.000Z";
  const list = [
    { name: "X-Site", value: "7" },
    { name: "X-Key", value: "{{variables.key}}", secret: true, setAt },
    { name: "X-Api-Key", value: "plain" },
    { name: "X-Token", value: "open", secret: false },
  ];
  expect(showValues(list, isSecretHeader)).toEqual([
    { name: "X-Site", value: "7" },
    { name: "X-Key", value: null, secret: true, setAt },
    { name: "X-Api-Key", value: null, secret: true },
    { name: "X-Token", value: "open", secret: false },
  ]);
  expect(toEntered(list)[1]).toEqual({ name: "X-Key", value: null, secret: true });
});
