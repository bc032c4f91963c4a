import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { openSecret, sealSecret } from "./envelope.ts";

const old = { kid: "k1", key: randomBytes(32) };
const current = { kid: "k2", key: randomBytes(32) };

test("a sealed secret opens in its own place", () => {
  const envelope = sealSecret("s3cret ✓", "credentials/1.clientSecret", [current]);
  expect(envelope).toMatch(/^v1\.k2\./);
  expect(envelope).not.toContain("s3cret");
  expect(openSecret(envelope, "credentials/1.clientSecret", [current])).toBe("s3cret ✓");
});

test("the first key seals and older keys still open", () => {
  const envelope = sealSecret("a", "p", [old]);
  expect(openSecret(envelope, "p", [current, old])).toBe("a");
});

test("an envelope moved to another row does not open", () => {
  const envelope = sealSecret("a", "credentials/1.clientSecret", [current]);
  expect(() => openSecret(envelope, "credentials/2.clientSecret", [current])).toThrow(/does not open/);
});

test("a changed envelope does not open", () => {
  const parts = sealSecret("abc", "p", [current]).split(".");
  parts[3] = Buffer.from("xyz").toString("base64url");
  expect(() => openSecret(parts.join("."), "p", [current])).toThrow(/does not open/);
});

test("a missing key is named", () => {
  expect(() => openSecret(sealSecret("a", "p", [old]), "p", [current])).toThrow(/encryption key k1/);
});

test("an unknown form is refused", () => {
  for (const text of ["", "v2.k2.a.b.c", "v3.k2.a.b.c", "v1.k2.a.b", "v1.k2.a.b.c.d"]) {
    expect(() => openSecret(text, "p", [current])).toThrow(/unknown form/);
  }
});

test("a shortened authentication tag is refused", () => {
  const parts = sealSecret("abc", "p", [current]).split(".");
  parts[4] = Buffer.from(parts[4] ?? "", "base64url")
    .subarray(0, 4)
    .toString("base64url");
  expect(() => openSecret(parts.join("."), "p", [current])).toThrow(/does not open/);
});
