import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { makeWebhookSecret, readWebhookSecret } from "#lib/delivery/trigger-edits/webhook-secret.ts";
import { findSignatureFault } from "./verify-signature.ts";

// Signed by the reference implementation of Standard Webhooks.
const secret = makeWebhookSecret();
const other = makeWebhookSecret();
const now = Date.parse("2026-05-01T08:00:00Z");
const body = '{"order":{"id":"47 11","text":"ü"}}';
const sign = (with_: string, at = now, text = body) => new Webhook(with_).sign("msg_1", new Date(at), text);
const check = (
  changes: Partial<{ id: string; timestamp: string; signature: string; body: string; secrets: string[] }>,
) => {
  const { body: text = body, secrets = [secret], ...headers } = changes;
  const given = { id: "msg_1", timestamp: String(now / 1000), signature: sign(secret), ...headers };
  return findSignatureFault(given, Buffer.from(text), secrets.map(readWebhookSecret), now);
};

test("a secret has 32 random bytes after whsec_", () => {
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(other).not.toBe(secret);
});

test("what the reference implementation signs is right", () => {
  expect(check({})).toBeNull();
});

test("one right signature among several is enough, and so is one of two secrets", () => {
  expect(check({ signature: `v1,AAAA v2,${"x".repeat(44)} ${sign(other)} ${sign(secret)}` })).toBeNull();
  expect(check({ secrets: [other, secret] })).toBeNull();
});

test.each([
  ["another body", { body: `${body} ` }],
  ["another id", { id: "msg_2" }],
  ["another time", { timestamp: String(now / 1000 + 1) }],
  ["another secret", { secrets: [other] }],
  ["no secret at all", { secrets: [] }],
  ["a version that is not known", { signature: sign(secret).replace("v1,", "v2,") }],
  ["no signature", { signature: "" }],
  ["a shortened one", { signature: sign(secret).slice(0, -6) }],
])("%s is wrong", (_, changes) => {
  expect(check(changes)).toBe("wrong");
});

test("a message is taken for five minutes, and from a clock that is five minutes ahead", () => {
  const at = (seconds: number) =>
    check({ timestamp: String(now / 1000 + seconds), signature: sign(secret, now + seconds * 1000) });
  expect([at(-300), at(300)]).toEqual([null, null]);
  expect([at(-301), at(301)]).toEqual(["out_of_time", "out_of_time"]);
});

test("headers that can't be right are told apart from wrong ones", () => {
  expect(check({ id: "" })).toBe("malformed");
  expect(check({ timestamp: "yesterday" })).toBe("malformed");
});
