import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { fingerprintOf, formatKey, makeKey, nextKeyId, parseKeyList } from "./key-list.ts";

const [one, two] = [makeKey("k1"), makeKey("k2")];

test.each([
  ["commas", `${formatKey(one)},${formatKey(two)}`],
  ["commas and spaces", ` ${formatKey(one)} , ${formatKey(two)} `],
  ["lines with remarks", `# since May\n${formatKey(one)} # the first\r\n\n${formatKey(two)}\n`],
])("keys are read from a list with %s, in their order", (_, text) => {
  expect(parseKeyList(text)).toEqual([one, two]);
});

test.each([
  ["nothing", "", /at least one key/],
  ["only a remark", "# k1:x", /at least one key/],
  ["no id", randomBytes(32).toString("base64"), /kid:base64/],
  ["a short key", `k1:${Buffer.from("canary").toString("base64")}`, /32 bytes/],
  ["an id that envelopes can't name", `k.1:${randomBytes(32).toString("base64")}`, /kid:base64/],
  ["an id twice", `${formatKey(one)},${formatKey(one)}`, /k1 stands twice/],
])("%s is refused without a word of it", (_, text, says) => {
  expect(parseKeyList(text)).toMatch(says);
  expect(parseKeyList(text)).not.toMatch(/canary|Y2FuYXJ5/);
});

test("the next id follows the highest number", () => {
  expect(nextKeyId([])).toBe("k1");
  expect(nextKeyId([makeKey("k9"), makeKey("vault-2026"), makeKey("k2")])).toBe("k10");
});

test("a fingerprint tells keys apart and is no part of the key", () => {
  expect(fingerprintOf(one)).toMatch(/^[0-9a-f]{8}$/);
  expect(fingerprintOf(one)).not.toBe(fingerprintOf({ ...two, kid: "k1" }));
  expect(one.key.toString("hex")).not.toContain(fingerprintOf(one));
});
