import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readKeys } from "#lib/platform/crypto/key-ring.ts";
import { parseEnv } from "#lib/platform/env/env.ts";
import { keepEncryptionKeys, keepSecret, keepSessionSecret } from "./kept-secrets.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a secret is made once and closed to everyone else", () => {
  const first = keepSecret(folder, "x.secret", () => "made");
  expect(keepSecret(folder, "x.secret", () => "made again")).toBe(first);
  expect(statSync(join(folder, "x.secret")).mode & 0o777).toBe(0o600);
});

test("what is made is what the portal accepts", () => {
  const made = {
    SALLYPORT_ENCRYPTION_KEYS_FILE: keepEncryptionKeys(folder),
    NEXTAUTH_SECRET: keepSessionSecret(folder),
  };
  expect(readKeys(parseEnv(made))[0]?.key).toHaveLength(32);
});

test("the backup of the runbook contains no key", () => {
  const [command = ""] = /^tar --create .*$/m.exec(readFileSync("docs/runbook.md", "utf8")) ?? [];
  for (const file of ["encryption.keys", "session.secret"]) expect(command).toContain(`--exclude=${file} `);
});
