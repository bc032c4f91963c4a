import { expect, test } from "vitest";
import { apiHeaders, contentSecurityPolicy, makeNonces, pageHeaders } from "./security-headers.ts";

const settings = { path: "/credentials", nonces: { script: "AAAA", style: "BBBB" }, secure: true, development: false };
const directives = new Map(
  contentSecurityPolicy(settings)
    .split("; ")
    .map((text) => [text.split(" ")[0], text.split(" ").slice(1).join(" ")]),
);

test("a script needs the nonce of its page, and nothing inline or evaluated runs", () => {
  expect(directives.get("script-src")).toBe("'nonce-AAAA' 'strict-dynamic'");
  expect(directives.get("script-src-attr")).toBe("'none'");
  expect(directives.get("style-src")).toBe("'self' 'nonce-BBBB'");
  const withInline = [...directives].filter(([, value]) => /unsafe/.test(value ?? ""));
  expect(withInline).toEqual([["style-src-attr", "'unsafe-inline'"]]);
});

test("nobody may frame a page, give it another base or take its forms elsewhere", () => {
  for (const [name, value] of [
    ["frame-ancestors", "'none'"],
    ["object-src", "'none'"],
    ["base-uri", "'none'"],
    ["form-action", "'self'"],
  ]) {
    expect(directives.get(name), name).toBe(value);
  }
  expect(pageHeaders(settings)).toMatchObject({ "x-frame-options": "DENY", "x-content-type-options": "nosniff" });
});

test("https is insisted on where the public URL is https, and nowhere else", () => {
  expect(pageHeaders(settings)["strict-transport-security"]).toBe("max-age=31536000");
  expect(directives.has("upgrade-insecure-requests")).toBe(true);
  const plain = pageHeaders({ ...settings, secure: false });
  expect(plain["strict-transport-security"]).toBeUndefined();
  expect(plain["content-security-policy"]).not.toContain("upgrade-insecure-requests");
});

test.each([
  ["/credentials", "same-origin-allow-popups"],
  ["/signin", "same-origin-allow-popups"],
  ["/api/credentials/018f/authorize?x=1", "unsafe-none"],
  ["/api/credentials/callback?code=1", "unsafe-none"],
  ["/signin/done?attempt=018f", "unsafe-none"],
  ["/signin?returnTo=/signin/done", "same-origin-allow-popups"],
  ["/signins/done", "same-origin-allow-popups"],
])("the window of %s has the opener policy %s", (path, policy) => {
  expect(pageHeaders({ ...settings, path })["cross-origin-opener-policy"]).toBe(policy);
});

test("an answer to a program can do nothing in a browser", () => {
  expect(apiHeaders(true)).toMatchObject({
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
  });
});

test("nonces are new each time, and two", () => {
  const made = Array.from({ length: 50 }, makeNonces).flatMap(({ script, style }) => [script, style]);
  expect(new Set(made).size).toBe(100);
  expect(made.every((nonce) => Buffer.from(nonce, "base64").length === 16)).toBe(true);
});
