import { expect, test } from "vitest";
import { isOfIssuer, openAnswer, readAnswer, sealAnswer } from "./answer.ts";

process.env.SALLYPORT_ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString("base64")}`;

const urls = { authorizationUrl: "", jwksUrl: "", userinfoUrl: null, logoutUrl: null };
const exact = {
  ...urls,
  issuer: { kind: "exact", issuer: "https://idp.example/" } as const,
  namesIssuer: false,
  mutualTlsTokenUrl: null,
};
const template = "https://login.microsoftonline.com/{tenantid}/v2.0";
const many = { ...exact, issuer: { kind: "entra_tenants", template, accounts: "any", allowed: ["*"] } as const };
const answer = { state: "s", code: "c", error: null, description: null };

test.each([
  [null, exact, true],
  [null, { ...exact, namesIssuer: true }, false],
  ["https://idp.example/", exact, true],
  ["https://idp.example", exact, false],
  ["https://evil.example/", exact, false],
  ["https://login.microsoftonline.com/7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754/v2.0", many, true],
  ["https://login.microsoftonline.com/evil/v2.0", many, false],
  ["https://evil.example/7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754/v2.0", many, false],
])("an answer that names %s is judged", (iss, metadata, fits) => {
  expect(isOfIssuer({ ...answer, iss }, metadata)).toBe(fits);
});

test("an answer is read once each parameter stands there once", () => {
  expect(readAnswer(new URLSearchParams("state=s&code=c&iss=i"))).toEqual({ ...answer, iss: "i" });
  expect(readAnswer(new URLSearchParams("state=s&error=access_denied&error_description=no"))).toEqual({
    state: "s",
    code: null,
    error: "access_denied",
    description: "no",
    iss: null,
  });
  for (const text of [
    "",
    "code=c",
    "state=s",
    "state=s&code=c&code=d",
    "state=s&state=t&code=c",
    "state=s&code=c&error=e",
  ]) {
    expect(readAnswer(new URLSearchParams(text)), text).toBeNull();
  }
});

test("a handed-over answer opens for a minute, and nothing else opens", () => {
  const sealed = sealAnswer({ ...answer, iss: null }, 1000);
  expect(openAnswer(sealed, 60_999)).toEqual({ ...answer, iss: null });
  expect(openAnswer(sealed, 61_000)).toBeNull();
  expect(openAnswer(`${sealed}x`, 1000)).toBeNull();
  expect(openAnswer("nonsense", 1000)).toBeNull();
});

test.each(["state", "code", "iss"])("an answer with NUL in %s is none", (name) => {
  const parameters = new URLSearchParams({ state: "s", code: "c", [name]: "a\0b" });
  expect(readAnswer(parameters)).toBeNull();
});

test("an answer whose description is cut in the middle of a character can be stored", () => {
  const description = `${"x".repeat(999)}😀`;
  const read = readAnswer(new URLSearchParams({ state: "s", error: "access_denied", error_description: description }));
  expect(read?.description?.isWellFormed()).toBe(true);
});
