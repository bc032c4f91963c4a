import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { desc, eq, getTableColumns, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { keyHolders } from "#drizzle/schema/key-holders.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { credentialInput } from "#lib/oauth/credentials/schema.ts";
import { stageSecret } from "#lib/oauth/rotation/stage-secret.ts";
import { openSlot } from "#lib/oauth/rotation/staging/store.ts";
import { credentialAad, rotationAad, tokenAad } from "#lib/platform/crypto/aad.ts";
import { keyIdOf, openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { refreshKeys } from "#lib/platform/crypto/key-ring.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { formatKey, makeKey, parseKeyList } from "#lib/platform/env/key-list.ts";
import { killProcess } from "#scripts/kill-process.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import type { Progress } from "#scripts/test-keys-process.ts";
import { testLimitMs } from "#scripts/test-limits.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { findProgram } from "#scripts/test-programs.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { addKey, removeKey, rotateKeys } from "./change-keys.ts";
import { envelopeColumns } from "./envelopes.ts";
import { listKeyHolders } from "./holders.ts";
import { describeLost, surveySecrets } from "./survey.ts";

const folder = mkdtempSync(join(tmpdir(), "sallyport-keys-"));
const file = join(folder, "encryption.keys");
writeFileSync(file, `${formatKey(makeKey("k1"))}\n`, { mode: 0o600 });
setUpTestDatabase({ SALLYPORT_ENCRYPTION_KEYS: "", SALLYPORT_ENCRYPTION_KEYS_FILE: file });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ctx = systemContext("Tester");
const secret = "canary-secret";
const quiet = { report: () => undefined, waitMs: testLimitMs };
const readFileKeys = () => {
  const keys = parseKeyList(readFileSync(file, "utf8"));
  return typeof keys === "string" ? expect.unreachable(keys) : keys;
};
const kids = () => readFileKeys().map(({ kid }) => kid);

async function addCredential(): Promise<string> {
  const input = { name: `Orders ${v7()}`, type: "application", endpointUrl: "https://idp.example.com/token" } as const;
  const created = await createCredential(
    ctx,
    credentialInput.parse({ ...input, clientId: "client", clientSecret: secret, scope: "api" }),
  );
  return created.id;
}

async function addTrigger(nodeId: string): Promise<string> {
  const http = { url: "https://orders.example.com/", method: "GET", headers: [{ name: "x-api-key", value: secret }] };
  const authorization = { kind: "basic", username: "erp", password: secret };
  const input = { name: `Basic ${v7()}`, nodeId, type: "HTTP", http, authorization };
  const transport = await createTransport(ctx, transportInput.parse(input));
  const trigger = { name: `Send ${v7()}`, nodeId, transportId: transport.id, event: { kind: "on_demand" } };
  const request = { path: "/", headers: [{ name: "x-token", value: secret }] };
  return (await createTrigger(ctx, triggerInput.parse({ ...trigger, request }))).id;
}

async function countByKey(): Promise<Record<string, number>> {
  return Object.fromEntries((await surveySecrets(readFileKeys())).counts);
}

async function readCredential(id: string) {
  const [row] = await getDb().select().from(credentials).where(eq(credentials.id, id));
  return row!;
}

const credentialIds: string[] = [];
let triggerIds: string[] = [];
beforeAll(async () => {
  const node = await insertNode("Plant 7");
  // Fewer at a time than the pool has connections: none waits for one.
  while (credentialIds.length < 230) {
    credentialIds.push(...(await Promise.all(Array.from({ length: 10 }, addCredential))));
  }
  triggerIds = await Promise.all(Array.from({ length: 10 }, () => addTrigger(node)));
  // Of a credential that nobody edits, which would end it.
  const credentialId = await addCredential();
  const accessTokenEnvelope = sealSecret(
    "token",
    tokenAad(await readCredential(credentialId), { credentialVersion: 1, scope: "api" }),
  );
  await getDb().insert(tokens).values({ credentialId, credentialVersion: 1, scope: "api", accessTokenEnvelope });
  await stageSecret(ctx, credentialId, { clientSecret: secret });
});

// A new column is missing here? Add it to envelopeColumns: what is not in there is lost with the key that it was sealed with.
test("every column of the schema that holds envelopes is known", async () => {
  const schemas = import.meta.glob<Record<string, unknown>>("../../../drizzle/schema/*.ts", { eager: true });
  const found = Object.values(schemas)
    .flatMap((module) => Object.values(module))
    .filter((value) => typeof value === "object" && value !== null && Symbol.for("drizzle:Columns") in value)
    .flatMap((table) => Object.values(getTableColumns(table as typeof credentials)))
    .filter(({ name }) => name.endsWith("_envelope"));
  expect(found.length).toBeGreaterThan(4);
  expect(new Set(envelopeColumns.map(({ column }) => column))).toEqual(new Set(found));
});

test("a key is added as one that opens, and the file stays closed to others", async () => {
  const key = await addKey(ctx, file);
  expect(kids()).toEqual(["k1", "k2"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileKeys()[1]?.key).toEqual(key.key);
  await expect(addKey(ctx, file, "k2")).rejects.toMatchObject({ code: "name_taken" });
  const [record] = await getDb().select().from(auditRecords).orderBy(desc(auditRecords.id)).limit(1);
  expect(record).toMatchObject({ action: "encryption_key.add", targetId: "k2" });
  expect(JSON.stringify(record)).not.toContain(key.key.toString("base64"));
});

test("a key that encrypts, or that something is encrypted with, is not removed", async () => {
  await expect(removeKey(ctx, file, "k1")).rejects.toMatchObject({ code: "in_use" });
  await expect(removeKey(ctx, file, "k9")).rejects.toMatchObject({ code: "not_found" });
});

test("nothing is encrypted with a key that a running process does not know", async () => {
  const keys = [{ kid: "k1", fingerprint: "00000000" }];
  await getDb()
    .insert(keyHolders)
    .values({ id: v7(), role: "worker", host: "elsewhere", pid: 7, keys, seenAt: sql`now()` as unknown as Date });
  const rotated = rotateKeys(ctx, file, "k2", { ...quiet, waitMs: 0 });
  await expect(rotated).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("worker on elsewhere (process 7) does not know the key k2"),
  });
  expect(kids()).toEqual(["k1", "k2"]);
  expect(Object.keys(await countByKey())).toEqual(["k1"]);
  await getDb().delete(keyHolders);
});

test("keys change under load on several processes without one failed decryption", async () => {
  const children: ChildProcess[] = Array.from({ length: 2 }, () =>
    fork(findProgram("scripts/test-keys-process.ts"), { execArgv: [] }),
  );
  const ask = async (child: ChildProcess, question: "report" | "stop") => {
    const answer = once(child, "message");
    child.send(question);
    return (await answer)[0] as Progress;
  };
  const readProgress = () => Promise.all(children.map((child) => ask(child, "report")));
  /** Waits until each loop of each process has opened and sealed secrets since now. */
  const goOn = async () => {
    const before = await readProgress();
    await waitFor(async () => {
      const added = (await readProgress()).flatMap(({ rounds }, child) =>
        rounds.map((count, index) => count - before[child]!.rounds[index]!),
      );
      expect(Math.min(...added)).toBeGreaterThan(16);
    });
  };
  /** Waits until each process has dropped what it had cached, and has completed what it had begun. */
  const settle = async () => {
    const before = await readProgress();
    await waitFor(async () => {
      const added = (await readProgress()).map(({ changes }, child) => changes - before[child]!.changes);
      expect(Math.min(...added)).toBeGreaterThan(0);
    });
    await goOn();
  };
  try {
    await Promise.all(children.map((child) => once(child, "message")));
    await expect.poll(async () => (await listKeyHolders()).length).toBe(2);
    for (const child of children) child.send({ credentialIds, triggerIds, secret });
    await goOn();
    const first = await rotateKeys(ctx, file, undefined, quiet);
    expect(first).toMatchObject({ kid: "k2", lost: [] });
    expect(first.sealed).toBeGreaterThan(200);
    expect(kids()).toEqual(["k2", "k1"]);
    expect(Object.keys(await countByKey())).toEqual(["k2"]);
    await removeKey(ctx, file, "k1", settle);
    expect(kids()).toEqual(["k2"]);
    await goOn();
    // With one key, a new one is made; the processes learn of it while they work.
    expect(await rotateKeys(ctx, file, undefined, quiet)).toMatchObject({ kid: "k3", lost: [] });
    await removeKey(ctx, file, "k2", settle);
    await goOn();
    for (const done of await Promise.all(children.map((child) => ask(child, "stop")))) {
      expect(done.failures).toEqual([]);
      expect(done.opened).toBeGreaterThan(300);
      expect(done.sealed).toBeGreaterThan(20);
    }
    expect(await countByKey()).toEqual({ k3: 263 });
    const [token] = await getDb().select().from(tokens);
    const credential = await readCredential(token!.credentialId);
    const aad = tokenAad(credential, token!);
    expect(openSecret(token!.accessTokenEnvelope!, aad, readFileKeys())).toBe("token");
    refreshKeys();
    expect((await openSlot(getDb(), credential, "staged"))?.clientSecret).toBe(secret);
  } finally {
    await Promise.all(children.map(killProcess));
  }
});

test("a lost key names the secrets that have to be entered again, and the others are encrypted anew", async () => {
  await getDb().delete(keyHolders);
  const spare = credentialIds[1]!;
  const lostKey = makeKey("gone");
  const aad = credentialAad(await readCredential(spare), "clientSecret");
  await getDb()
    .update(credentials)
    .set({ name: "Orders API", clientSecretEnvelope: sealSecret(secret, aad, [lostKey]) })
    .where(sql`id = ${spare}`);
  const [staged] = await getDb().select().from(credentialSecrets);
  const stagedAad = rotationAad(await readCredential(staged!.credentialId), staged!, "clientSecret");
  await getDb()
    .update(credentialSecrets)
    .set({ clientSecretEnvelope: sealSecret(secret, stagedAad, [lostKey]) });
  await getDb().update(credentials).set({ name: "Stock API" }).where(sql`id = ${staged!.credentialId}`);
  const lines = ['credential "Orders API": client secret', 'credential "Stock API": staged client secret'];
  const survey = await surveySecrets(readFileKeys());
  expect(survey.counts.get("gone")).toBe(2);
  expect(survey.lost.map(describeLost)).toEqual(lines);
  refreshKeys();
  const done = await rotateKeys(ctx, file, undefined, quiet);
  expect(done.lost.map(describeLost)).toEqual(lines);
  expect(await countByKey()).toEqual({ [done.kid]: 261, gone: 2 });
});

test("a change that was broken off is finished by the next one, and an old key is not taken for a new one", async () => {
  const [first, ...others] = readFileKeys();
  const column = envelopeColumns.find(({ table, column: { name } }) => table === transports && name.includes("basic"))!;
  const [stored] = await column.read(null, undefined, 1);
  const old = sealSecret(secret, stored!.aad, others.slice(0, 1));
  await getDb().update(transports).set({ basicPasswordEnvelope: old }).where(stored!.row);
  expect(await rotateKeys(ctx, file, undefined, quiet)).toMatchObject({ kid: first!.kid, sealed: 1 });
  const next = await rotateKeys(ctx, file, undefined, quiet);
  expect([first, ...others].map((key) => key!.kid)).not.toContain(next.kid);
});

test("an edit made while a row is sealed again wins", async () => {
  const column = envelopeColumns.find(({ table, column: { name } }) => table === transports && name.includes("basic"))!;
  const [stored] = await column.read(null, undefined, 1);
  const edited = sealSecret("entered meanwhile", stored!.aad, readFileKeys());
  await getDb().update(transports).set({ basicPasswordEnvelope: edited }).where(stored!.row);
  expect(await column.replace(stored!, sealSecret(secret, stored!.aad, readFileKeys()))).toBe(false);
  const [kept] = await getDb().select().from(transports).where(stored!.row);
  expect(kept?.basicPasswordEnvelope).toBe(edited);
  expect(keyIdOf(edited)).toBe(kids()[0]);
});
