import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseEnv } from "#lib/platform/env/env.ts";
import { formatKey, makeKey } from "#lib/platform/env/key-list.ts";
import { openSecret, sealSecret } from "./envelope.ts";
import { getKeys, readKeys, refreshKeys } from "./key-ring.ts";

const folder = mkdtempSync(join(tmpdir(), "sallyport-ring-"));
const file = join(folder, "keys");
const [one, two] = [makeKey("k1"), makeKey("k2")];
process.env.SALLYPORT_ENCRYPTION_KEYS_FILE = file;
process.env.SALLYPORT_LOG_LEVEL = "silent";
writeFileSync(file, formatKey(one));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an envelope with a key that has just come into the file opens at once", () => {
  expect(getKeys()).toEqual([one]);
  const envelope = sealSecret("from another process", "place", [two]);
  expect(() => openSecret(envelope, "place")).toThrow(/encryption key k2/);
  writeFileSync(file, `${formatKey(one)}\n${formatKey(two)}\n`);
  expect(openSecret(envelope, "place")).toBe("from another process");
  expect(sealSecret("x", "place")).toMatch(/^v1\.k1\./);
});

test("the key that is put first seals from the next look on", () => {
  writeFileSync(file, `${formatKey(two)}\n${formatKey(one)} # old\n`);
  refreshKeys();
  expect(sealSecret("x", "place")).toMatch(/^v1\.k2\./);
});

test("a file that was damaged or is gone leaves the known keys in use", () => {
  writeFileSync(file, "k1:half of a k");
  refreshKeys();
  expect(getKeys()).toEqual([two, one]);
  rmSync(file);
  refreshKeys();
  expect(getKeys()).toEqual([two, one]);
});

test("a file that is not there is named", () => {
  const settings = parseEnv({ SALLYPORT_ENCRYPTION_KEYS_FILE: "/nowhere/keys" });
  expect(() => readKeys(settings)).toThrow(/\/nowhere\/keys can't be read/);
});

test("two places for the keys are one too many", () => {
  const both = { SALLYPORT_ENCRYPTION_KEYS: formatKey(one), SALLYPORT_ENCRYPTION_KEYS_FILE: file };
  expect(() => parseEnv(both)).toThrow(/only one of SALLYPORT_ENCRYPTION_KEYS and SALLYPORT_ENCRYPTION_KEYS_FILE/);
});
