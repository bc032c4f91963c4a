import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { credentialInput } from "#lib/oauth/credentials/schema.ts";
import { credentialAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { formatKey, makeKey } from "#lib/platform/env/key-list.ts";
import { setUpTestDatabase } from "./test-database.ts";
import { findProgram } from "./test-programs.ts";

const folder = mkdtempSync(join(tmpdir(), "sallyport-keys-"));
const file = join(folder, "encryption.keys");
writeFileSync(file, `${formatKey(makeKey("k1"))}\n`, { mode: 0o600 });
setUpTestDatabase({ SALLYPORT_ENCRYPTION_KEYS: "", SALLYPORT_ENCRYPTION_KEYS_FILE: file });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm run keys -- …` prints and how it ends. */
function keys(args: string[], env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, SALLYPORT_URL: "https://portal.example.com", ...env } };
    const child = execFile(
      process.execPath,
      [findProgram("scripts/keys.ts"), ...args],
      options,
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
      },
    );
  });
}

test("list, add, rotate and remove, from the command line", async () => {
  const input = { name: "Orders API", type: "application", endpointUrl: "https://idp.example.com/token" } as const;
  const { id } = await createCredential(
    systemContext("Tester"),
    credentialInput.parse({ ...input, clientId: "c", clientSecret: "canary-secret", scope: "api" }),
  );
  expect(await keys(["add", "spring"])).toMatchObject({ code: 0, output: expect.stringContaining("Added spring") });
  const rotated = await keys(["rotate"]);
  expect(rotated).toMatchObject({ code: 0, output: expect.stringContaining("Encrypted 1 stored secrets anew") });
  const listed = await keys(["list"]);
  expect(listed.output).toMatch(/^spring +[0-9a-f]{8} +encrypts and opens +1 stored secrets\nk1 +[0-9a-f]{8} +opens/);
  expect(await keys(["remove", "k1"])).toMatchObject({ code: 0 });
  expect(readFileSync(file, "utf8")).toMatch(/^spring:\S+\n$/);

  const [stored] = await getDb().select().from(credentials);
  const lost = sealSecret("x", credentialAad(stored!, "clientSecret"), [makeKey("winter")]);
  await getDb().update(credentials).set({ clientSecretEnvelope: lost }).where(eq(credentials.id, id));
  const named = await keys(["list"]);
  expect(named.code).toBe(1);
  expect(named.output).toMatch(/winter +missing +1 stored secrets/);
  expect(named.output).toContain(
    `credential "Orders API": client secret  https://portal.example.com/credentials/${id}`,
  );
  const everything = [rotated.output, listed.output, named.output].join();
  expect(everything).not.toContain("canary-secret");
  expect(everything).not.toContain(readFileSync(file, "utf8").trim().split(":")[1]);
});

test("keys that stand in the environment are not changed, and the line says where to", async () => {
  const env = { SALLYPORT_ENCRYPTION_KEYS: formatKey(makeKey("k1")), SALLYPORT_ENCRYPTION_KEYS_FILE: "" };
  const refused = await keys(["add"], env);
  expect(refused.code).toBe(2);
  expect(refused.output).toMatch(/stand in SALLYPORT_ENCRYPTION_KEYS.*change them there and restart/);
});

test("what keys of the environment encrypt is encrypted anew with the first of them", async () => {
  const [old, next] = [makeKey("old"), makeKey("next")];
  const [row] = await getDb().select().from(credentials);
  const aad = credentialAad(row!, "clientSecret");
  const envelope = sealSecret("from the environment", aad, [old]);
  await getDb().update(credentials).set({ clientSecretEnvelope: envelope });
  const list = [next, old].map(formatKey).join();
  const rotated = await keys(["rotate"], { SALLYPORT_ENCRYPTION_KEYS: list, SALLYPORT_ENCRYPTION_KEYS_FILE: "" });
  expect(rotated).toMatchObject({ code: 0, output: expect.stringContaining("anew; next encrypts.") });
  const [after] = await getDb().select().from(credentials);
  expect(openSecret(after!.clientSecretEnvelope!, aad, [next])).toBe("from the environment");
});

test("an unknown command shows the usage", async () => {
  expect(await keys(["rotat"])).toMatchObject({ code: 2, output: expect.stringContaining("npm run keys -- rotate") });
});
