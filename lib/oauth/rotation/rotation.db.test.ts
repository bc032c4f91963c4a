import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { desc, eq, sql } from "drizzle-orm";
import { generate } from "selfsigned";
import { describe, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { changeCounter } from "#drizzle/schema/change-counter.ts";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { promoteAndCheck, rollBackAndCheck } from "#lib/delivery/connection-check/save-and-check.ts";
import { testStaged } from "#lib/delivery/connection-check/test-staged.ts";
import { deleteCredential } from "#lib/oauth/credential-edits/delete-credential.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import { listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import type { CredentialInput } from "#lib/oauth/credentials/schema.ts";
import { findCredential } from "#lib/oauth/credentials/store.ts";
import { createAuthority } from "#lib/oauth/network/authorities.ts";
import { tokenCache } from "#lib/oauth/tokens/get-token.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { makeClientCertificate } from "#sandbox/certificates.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, genericInput, readRow, setUpSandbox, store, subjectOf, tester } from "#scripts/test-sandbox.ts";
import { discardStaged, forgetPrevious } from "./discard.ts";
import { getRotation } from "./get-rotation.ts";
import { promoteStaged, rollBack } from "./promote.ts";
import { type StageInput, stageInput } from "./schema.ts";
import { stageSecret } from "./stage-secret.ts";
import { clearSlot } from "./staging/store.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const anna = systemContext("Anna");
const next = "Next8Q~canary.next_secret";

const stage = (id: string, input: Partial<StageInput>, ctx: Context = tester) =>
  stageSecret(ctx, id, stageInput.parse(input));
const atProvider = (clientId: string, clientSecret: string) =>
  sandbox.current.control.changeClient({ clientId, clientSecret });
const auditOf = (id: string) =>
  getDb().select().from(auditRecords).where(eq(auditRecords.targetId, id)).orderBy(desc(auditRecords.id));
/** Another certificate of the same key. */
async function renewCertificate(privateKey: string): Promise<string> {
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  const made = await generate([{ name: "commonName", value: "orders renewed" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    keyPair: { privateKey, publicKey },
  });
  return `${made.cert}\n`;
}
const slotsOf = (id: string) => getDb().select().from(credentialSecrets).where(eq(credentialSecrets.credentialId, id));
const getToken = async (id: string) =>
  tokenCache.getToken(subjectOf(await getCredential(tester, id)), { cause: "test" });
const asked = async (clientId: string) => (await sandbox.current.control.countTokenRequests({ clientId })).total;

/** A credential that works, with a secret staged beside the present one. */
async function storeStaged(input: Partial<CredentialInput> = {}, staged: Partial<StageInput> = { clientSecret: next }) {
  const saved = await store(entraInput(sandbox.current, input));
  expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "active" });
  const rotation = await stage(saved.id, staged);
  return { id: saved.id, clientId: saved.clientId, staged: rotation.staged! };
}

/** The same with the next secret in force and the former kept. */
async function storePromoted() {
  const stored = await storeStaged({ secretExpiresOn: "2090-01-31" });
  await atProvider(stored.clientId, next);
  await testStaged(tester, stored.id);
  const promoted = await promoteStaged(tester, stored.id, { version: 1, stagedId: stored.staged.id, untested: false });
  return { ...stored, promoted, previous: (await getRotation(tester, stored.id)).previous! };
}

describe("a staged secret", () => {
  test("is sealed and told by its dates alone, and touches neither the credential nor its token nor any cache", async () => {
    const saved = await store(entraInput(sandbox.current));
    await checkCredential(tester, saved.id);
    const row = await readRow(saved.id);
    const [counter] = await getDb().select().from(changeCounter);
    const token = await getToken(saved.id);

    const rotation = await stage(saved.id, { clientSecret: next, secretExpiresOn: "2090-06-30" }, anna);
    expect(rotation).toMatchObject({
      version: 1,
      staged: { secretExpiresOn: "2090-06-30", endsAt: "2090-07-01T00:00:00.000Z", placedBy: "Anna", test: null },
      previous: null,
    });
    expect(rotation.staged?.clientSecretSetAt).toBe(rotation.staged?.placedAt);
    expect(await readRow(saved.id)).toEqual(row);
    expect(await getDb().select().from(changeCounter)).toEqual([counter]);
    expect(await getToken(saved.id)).toMatchObject({ accessToken: token.accessToken, source: "cache" });
    const [record] = await auditOf(saved.id);
    expect(record).toMatchObject({
      action: "credential.stage",
      actorName: "Anna",
      after: { clientSecret: "staged", secretExpiresOn: "2090-06-30" },
    });
    const everything = JSON.stringify([rotation, await slotsOf(saved.id), record]);
    expect(everything).toContain("v2.test.");
    expect(everything).not.toContain("canary");
  });

  test("of another kind than the credential uses, none at all, and a day that has passed are refused at their fields", async () => {
    const pair = await makeClientCertificate("orders", null, { keyType: "rsa" });
    const withSecret = await store(entraInput(sandbox.current));
    const refuse = async (id: string, input: Partial<StageInput>, field: string) =>
      expect(stage(id, input)).rejects.toMatchObject({ code: "invalid_input", fields: [{ field }] });
    await refuse(withSecret.id, {}, "clientSecret");
    await refuse(withSecret.id, { privateKey: pair.key, certificate: pair.cert }, "privateKey");
    await refuse(withSecret.id, { clientSecret: next, secretExpiresOn: "2020-01-31" }, "secretExpiresOn");
    const signed = { clientAuthentication: "private_key_jwt", clientSecret: undefined } as const;
    const withKey = await store(
      entraInput(sandbox.current, { ...signed, privateKey: pair.key, certificate: pair.cert }),
    );
    const other = await makeClientCertificate("orders", null, { keyType: "rsa" });
    await refuse(withKey.id, { clientSecret: next }, "clientSecret");
    await refuse(withKey.id, { certificate: other.cert }, "privateKey");
    await refuse(withKey.id, { privateKey: other.key }, "certificate");
    await refuse(withKey.id, { privateKey: pair.key, certificate: other.cert }, "certificate");
    expect(await slotsOf(withKey.id)).toEqual([]);
  });

  test("is not replaced unseen by another one, and goes when it is discarded", async () => {
    const { id, staged } = await storeStaged();
    await expect(stage(id, { clientSecret: "another" })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Tester has staged/),
    });
    await expect(discardStaged(tester, id, crypto.randomUUID())).rejects.toMatchObject({ code: "conflict" });
    await discardStaged(anna, id, staged.id);
    expect(await slotsOf(id)).toEqual([]);
    expect((await auditOf(id))[0]).toMatchObject({ action: "credential.discard_staged", actorName: "Anna" });
    await expect(discardStaged(tester, id)).rejects.toMatchObject({ code: "conflict" });
    await expect(testStaged(tester, id)).rejects.toMatchObject({ code: "conflict" });
  });

  test("stands in the list with its day and its test, until it can't be used any more", async () => {
    const { id, clientId, staged } = await storeStaged({}, { clientSecret: next, secretExpiresOn: "2090-06-30" });
    const inList = async () =>
      (await listCredentials(tester, { limit: 200 })).items.find((item) => item.id === id)?.successor;
    const told = { what: "client secret", endsAt: "2090-07-01T00:00:00.000Z", stagedAt: staged.placedAt };
    expect(await inList()).toEqual({ ...told, test: "none" });
    await testStaged(tester, id);
    expect(await inList()).toEqual({ ...told, test: "failed" });
    await atProvider(clientId, next);
    await testStaged(tester, id);
    expect(await inList()).toEqual({ ...told, test: "passed" });
    await getDb().update(credentialSecrets).set({ boundTo: "https://elsewhere.example" });
    expect(await inList()).toBeNull();
  });

  test("needs an admin for everything but looking", async () => {
    const { id, staged } = await storeStaged();
    const lead: Context = { ...anna, grants: [{ role: "lead", nodeId: null }] };
    const engineer: Context = { ...anna, grants: [{ role: "engineer", nodeId: null }] };
    const forbidden = { code: "forbidden" };
    expect((await getRotation(lead, id)).staged?.id).toBe(staged.id);
    await expect(getRotation(engineer, id)).rejects.toMatchObject(forbidden);
    for (const act of [
      () => stage(id, { clientSecret: "x" }, lead),
      () => testStaged(lead, id),
      () => promoteStaged(lead, id, { version: 1, stagedId: staged.id, untested: true }),
      () => rollBack(lead, id, { version: 1, previousId: staged.id }),
      () => discardStaged(lead, id),
      () => forgetPrevious(lead, id),
    ]) {
      await expect(act()).rejects.toMatchObject(forbidden);
    }
  });
});

describe("a test of the staged secret", () => {
  test("asks the provider with it, is kept beside it and in the event log, and changes neither status nor token", async () => {
    const { id, clientId } = await storeStaged();
    const token = await getToken(id);
    const row = await readRow(id);
    const stored = await getDb().select().from(tokens).where(eq(tokens.credentialId, id));
    const before = await asked(clientId);

    const failed = await testStaged(anna, id);
    expect(failed).toMatchObject({ passed: false, field: "clientSecret", by: "Anna", outdated: false });
    expect(failed.steps.find(({ verdict }) => verdict === "fail")).toMatchObject({ step: "client" });
    expect(failed.report).toContain("with its staged secret”: failed");
    await atProvider(clientId, next);
    const passed = await testStaged(anna, id);
    expect(passed).toMatchObject({ passed: true, field: null, reason: "The provider accepts it and issued a token." });
    expect(await asked(clientId)).toBe(before + 2);
    expect((await getRotation(tester, id)).staged?.test).toEqual(passed);

    expect(await readRow(id)).toEqual(row);
    expect(await getDb().select().from(tokens).where(eq(tokens.credentialId, id))).toEqual(stored);
    expect((await getToken(id)).accessToken).toBe(token.accessToken);
    const events = await getDb()
      .select()
      .from(credentialEvents)
      .where(eq(credentialEvents.credentialId, id))
      .orderBy(desc(credentialEvents.id))
      .limit(2);
    expect(events).toMatchObject([
      { kind: "staged_check", cause: "Anna", outcome: "succeeded", errorCode: null },
      { kind: "staged_check", cause: "Anna", outcome: "failed", providerCode: "invalid_client" },
    ]);
    expect(JSON.stringify([failed, passed, events, await slotsOf(id)])).not.toContain("canary");
  });

  test("counts no more when the client, the scope or the proxy is changed, and still counts when the name is", async () => {
    const { id, clientId } = await storeStaged();
    await atProvider(clientId, next);
    await testStaged(tester, id);
    await updateCredential(tester, id, { version: 1, notes: "Renamed", refreshIntervalSeconds: 600 });
    expect((await getRotation(tester, id)).staged?.test?.outdated).toBe(false);
    await updateCredential(tester, id, { version: 2, tokenParameters: [{ name: "audience", value: "api://orders" }] });
    const { staged } = await getRotation(tester, id);
    expect(staged?.test).toMatchObject({ passed: true, outdated: true });
    const promoted = promoteStaged(tester, id, { version: 3, stagedId: staged!.id, untested: false });
    await expect(promoted).rejects.toMatchObject({ code: "conflict", details: { test: "outdated" } });
  });

  test("asks nobody while the credential is disabled", async () => {
    const { id, clientId } = await storeStaged();
    await setCredentialEnabled(tester, id, false);
    const before = await asked(clientId);
    await expect(testStaged(tester, id)).rejects.toMatchObject({ code: "credential_disabled" });
    expect(await asked(clientId)).toBe(before);
  });

  test("sends it to no other server than it was entered for, and so does promoting", async () => {
    const { clientId, clientSecret } = sandbox.current.clients.generic;
    const saved = await store(genericInput(sandbox.current));
    const { staged } = await stage(saved.id, { clientSecret: next });
    const elsewhere = sandbox.current.genericTokenEndpoint.replace("localhost", "127.0.0.1");
    await updateCredential(tester, saved.id, { version: 1, endpointUrl: elsewhere, clientSecret });
    const before = await asked(clientId);
    const refused = { code: "conflict", message: expect.stringMatching(/never sent to another server/) };
    await expect(testStaged(tester, saved.id)).rejects.toMatchObject(refused);
    expect(await asked(clientId)).toBe(before);
    const promoted = promoteStaged(tester, saved.id, { version: 2, stagedId: staged!.id, untested: true });
    await expect(promoted).rejects.toMatchObject(refused);
    expect((await getRotation(tester, saved.id)).staged?.unusable).toMatch(/never sent to another server/);
    await discardStaged(tester, saved.id);
  });

  test("sends it with no other certificate authority than it was entered for", async () => {
    const { clientId, clientSecret } = sandbox.current.clients.generic;
    const saved = await store(genericInput(sandbox.current));
    await stage(saved.id, { clientSecret: next });
    const certificates = readFileSync("lib/platform/certificates/fixtures/p256.pem", "utf8");
    const { id: trustedCaId } = await createAuthority(tester, { name: "Another CA", certificates });
    await updateCredential(tester, saved.id, { version: 1, trustedCaId, clientSecret });
    const before = await asked(clientId);
    await expect(testStaged(tester, saved.id)).rejects.toMatchObject({ code: "conflict" });
    expect(await asked(clientId)).toBe(before);
  });
});

describe("promoting", () => {
  test("puts a tested one in force without a request: dates, status and version follow, the token in hand stays", async () => {
    const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
    const input = { secretExpiresOn: soon };
    const saved = await store(entraInput(sandbox.current, input));
    expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "expiring" });
    const token = await getToken(saved.id);
    const { staged } = await stage(saved.id, { clientSecret: next, secretExpiresOn: "2090-06-30" });
    await atProvider(saved.clientId, next);
    await testStaged(tester, saved.id);
    const before = await asked(saved.clientId);

    const promoted = await promoteAndCheck(anna, saved.id, { version: 1, stagedId: staged!.id, untested: false });
    expect(promoted).toMatchObject({
      version: 2,
      status: "active",
      secretExpiresOn: "2090-06-30",
      secretEndsAt: "2090-07-01T00:00:00.000Z",
      clientSecretSetAt: staged!.clientSecretSetAt,
    });
    expect(await readRow(saved.id)).toMatchObject({ workedVersion: 2, failures: 0 });
    const kept = await getToken(saved.id);
    expect(kept).toMatchObject({ accessToken: token.accessToken, credentialVersion: 2, source: "cache" });
    expect(await asked(saved.clientId)).toBe(before);
    expect(await getRotation(tester, saved.id)).toMatchObject({
      version: 2,
      staged: null,
      previous: { secretExpiresOn: soon, placedBy: "Anna", clientSecretSetAt: saved.clientSecretSetAt },
    });
    expect((await auditOf(saved.id))[0]).toMatchObject({
      action: "credential.promote",
      actorName: "Anna",
      before: { version: 1, clientSecret: "set", secretExpiresOn: soon },
      after: { version: 2, clientSecret: "replaced", secretExpiresOn: "2090-06-30", former: "kept", test: "passed" },
    });
    // The next token is asked for with it.
    expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "active" });
  });

  test("one that was never tested, or failed, has to be confirmed; then it is tried at once and the token in hand serves on", async () => {
    const { id, staged } = await storeStaged();
    const token = await getToken(id);
    const input = { version: 1, stagedId: staged.id, untested: false };
    await expect(promoteStaged(tester, id, input)).rejects.toMatchObject({
      code: "conflict",
      details: { test: "none" },
    });
    expect((await testStaged(tester, id)).passed).toBe(false);
    await expect(promoteStaged(tester, id, input)).rejects.toMatchObject({ details: { test: "failed" } });

    const promoted = await promoteAndCheck(tester, id, { ...input, untested: true });
    expect(promoted).toMatchObject({ version: 2, status: "action_needed", statusField: "clientSecret" });
    expect(await getToken(id)).toMatchObject({ accessToken: token.accessToken, credentialVersion: 2 });
    expect((await auditOf(id))[0]).toMatchObject({ action: "credential.promote", after: { test: "failed" } });
  });

  test("ends the rest that a refused secret is given, so that a run gets its token with the next one", async () => {
    const { id, clientId, staged } = await storeStaged();
    await atProvider(clientId, next);
    const first = await getToken(id);
    await tokenCache.dropToken(subjectOf(await getCredential(tester, id)), first.generation);
    await expect(getToken(id)).rejects.toMatchObject({ code: "token_request_refused" });
    expect(await readRow(id)).toMatchObject({ status: "action_needed" });
    expect((await testStaged(tester, id)).passed).toBe(true);
    await promoteStaged(tester, id, { version: 1, stagedId: staged.id, untested: false });
    expect(await readRow(id)).toMatchObject({ status: "active", errorCode: null, failingSince: null });
    expect(await getToken(id)).toMatchObject({ credentialVersion: 2, source: "acquired" });
  });

  test("by two admins at once happens once, and a stale version is told who was first", async () => {
    const { id, staged } = await storeStaged();
    const input = { version: 1, stagedId: staged.id, untested: true };
    const results = await Promise.allSettled([promoteStaged(anna, id, input), promoteStaged(tester, id, input)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({
      code: "stale_version",
      details: { changed: expect.arrayContaining(["clientSecret"]) },
    });
    expect(await slotsOf(id)).toMatchObject([{ slot: "previous" }]);
    expect(await readRow(id)).toMatchObject({ version: 2 });

    await stage(id, { clientSecret: "another" }, anna);
    const other = promoteStaged(tester, id, { version: 2, stagedId: staged.id, untested: true });
    await expect(other).rejects.toMatchObject({ code: "conflict", message: expect.stringMatching(/^Anna has put/) });
  });

  test("keeps a disabled credential disabled, and is tried when it is enabled", async () => {
    const { id, clientId, staged } = await storeStaged();
    await setCredentialEnabled(tester, id, false);
    const promoted = await promoteAndCheck(tester, id, { version: 2, stagedId: staged.id, untested: true });
    expect(promoted).toMatchObject({ status: "disabled", version: 3, nextCheckAt: null });
    await atProvider(clientId, next);
    await setCredentialEnabled(tester, id, true);
    expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
  });

  test("goes by what an edit made of the credential meanwhile", async () => {
    const { id, clientId, staged } = await storeStaged();
    await updateCredential(tester, id, { version: 1, clientSecret: "edited", owner: "Anna" });
    await atProvider(clientId, next);
    await testStaged(tester, id);
    const input = { stagedId: staged.id, untested: false };
    await expect(promoteStaged(tester, id, { ...input, version: 1 })).rejects.toMatchObject({ code: "stale_version" });
    const promoted = await promoteStaged(tester, id, { ...input, version: 2 });
    expect(promoted).toMatchObject({ version: 3, owner: "Anna", status: "active" });
    // Kept is what the edit had put in force.
    const previous = (await getRotation(tester, id)).previous!;
    await atProvider(clientId, "edited");
    expect(await rollBackAndCheck(tester, id, { version: 3, previousId: previous.id })).toMatchObject({
      status: "active",
    });
  });
});

describe("the previous secret", () => {
  test("is put in force again by rolling back, which swaps the two and asks the provider at once", async () => {
    const { id, clientId, previous } = await storePromoted();
    const token = await getToken(id);
    const { clientSecret } = sandbox.current.clients.ordersApi;
    await atProvider(clientId, clientSecret);
    const back = await rollBackAndCheck(anna, id, { version: 2, previousId: previous.id });
    expect(back).toMatchObject({ version: 3, status: "active", secretExpiresOn: "2090-01-31" });
    expect((await getToken(id)).credentialVersion).toBe(3);
    expect(token.credentialVersion).toBe(2);
    const after = await getRotation(tester, id);
    expect(after).toMatchObject({ staged: null, previous: { placedBy: "Anna", secretExpiresOn: null } });
    expect((await auditOf(id))[0]).toMatchObject({ action: "credential.roll_back", actorName: "Anna" });
    await atProvider(clientId, next);
    const forth = await rollBackAndCheck(tester, id, { version: 3, previousId: after.previous!.id });
    expect(forth).toMatchObject({ version: 4, status: "active" });
  });

  test("is the one that was looked at, and of the version that was", async () => {
    const { id, previous } = await storePromoted();
    await expect(rollBack(tester, id, { version: 1, previousId: previous.id })).rejects.toMatchObject({
      code: "stale_version",
    });
    await expect(rollBack(tester, id, { version: 2, previousId: crypto.randomUUID() })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("goes when it is forgotten, and no rolling back is left", async () => {
    const { id, previous } = await storePromoted();
    await forgetPrevious(anna, id, previous.id);
    expect(await slotsOf(id)).toEqual([]);
    expect((await auditOf(id))[0]).toMatchObject({ action: "credential.forget_previous", actorName: "Anna" });
    await expect(rollBack(tester, id, { version: 2, previousId: previous.id })).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await getRotation(tester, id)).version).toBe(2);
  });

  test("goes with the credential, and so does the staged one", async () => {
    const { id } = await storePromoted();
    await stage(id, { clientSecret: "another" });
    expect(await slotsOf(id)).toHaveLength(2);
    await deleteCredential(tester, id);
    expect(await slotsOf(id)).toEqual([]);
  });
});

describe("certificates", () => {
  test("are staged with their key, tested, promoted and rolled back, and their end follows", async () => {
    const { control, clients } = sandbox.current;
    const { clientId } = clients.generic;
    const [first, second] = [await makeClientCertificate("orders", null), await makeClientCertificate("orders", null)];
    await control.changeClient({ clientId, certificate: first.cert });
    const signed = { clientAuthentication: "private_key_jwt", clientSecret: undefined } as const;
    const input = { ...signed, privateKey: first.key, certificate: first.cert };
    const saved = await store(genericInput(sandbox.current, input));
    expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "active" });
    const { staged } = await stage(saved.id, { privateKey: second.key, certificate: second.cert });
    expect(staged).toMatchObject({ clientSecretSetAt: null, endsAt: staged?.certificateInfo?.notAfter });
    expect((await testStaged(tester, saved.id)).field).toBe("certificate");

    await control.changeClient({ clientId, certificate: second.cert });
    expect(await testStaged(tester, saved.id)).toMatchObject({ passed: true });
    const promoted = await promoteStaged(tester, saved.id, { version: 1, stagedId: staged!.id, untested: false });
    expect(promoted).toMatchObject({ status: "active", certificate: second.cert, secretEndsAt: staged?.endsAt });
    expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "active" });
    const { previous } = await getRotation(tester, saved.id);
    expect(previous?.certificateInfo?.sha256).toBe(saved.certificateInfo?.sha256);

    await control.changeClient({ clientId, certificate: first.cert });
    const back = await rollBackAndCheck(tester, saved.id, { version: 2, previousId: previous!.id });
    expect(back).toMatchObject({ status: "active", certificate: saved.certificate, secretEndsAt: saved.secretEndsAt });
  });
});

describe("a certificate renewed for the same key", () => {
  test("is staged alone, the key stays, and it is of no use any more when an edit brings another key", async () => {
    const { control, clients } = sandbox.current;
    const { clientId } = clients.generic;
    const first = await makeClientCertificate("orders", null);
    const renewed = await renewCertificate(first.key);
    const signed = { clientAuthentication: "private_key_jwt", clientSecret: undefined } as const;
    const input = { ...signed, privateKey: first.key, certificate: first.cert };
    const saved = await store(genericInput(sandbox.current, input));
    const { staged } = await stage(saved.id, { certificate: renewed });
    expect(staged).toMatchObject({ privateKeySetAt: null, unusable: null });
    await control.changeClient({ clientId, certificate: renewed });
    expect(await testStaged(tester, saved.id)).toMatchObject({ passed: true });
    const promoted = await promoteStaged(tester, saved.id, { version: 1, stagedId: staged!.id, untested: false });
    expect(promoted.privateKeySetAt).toBe(saved.privateKeySetAt);
    expect(promoted.certificateInfo?.sha256).toBe(staged?.certificateInfo?.sha256);
    expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "active" });

    const { previous } = await getRotation(tester, saved.id);
    const other = await makeClientCertificate("orders", null);
    await updateCredential(tester, saved.id, { version: 2, privateKey: other.key, certificate: other.cert });
    expect((await getRotation(tester, saved.id)).previous?.unusable).toMatch(/another key now/);
    await expect(rollBack(tester, saved.id, { version: 3, previousId: previous!.id })).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

test("the client secret of a User credential is tested with a made-up code, and no status comes of it", async () => {
  const { clientId, clientSecret } = sandbox.current.clients.workbench;
  const input = { type: "user", clientId, clientSecret, scope: "openid profile" } as const;
  const { id, staged } = await storeStaged(input);
  expect(await testStaged(tester, id)).toMatchObject({ passed: false, field: "clientSecret" });
  await atProvider(clientId, next);
  expect(await testStaged(tester, id)).toMatchObject({ passed: true });
  expect(await promoteStaged(tester, id, { version: 1, stagedId: staged.id, untested: false })).toMatchObject({
    version: 2,
    status: "active",
    nextCheckAt: null,
  });
  expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
});

test("tests, promotions, edits and checks beside each other never deadlock, and the last one's secret is in force", async () => {
  const saved = await store(entraInput(sandbox.current));
  const { id, clientId } = saved;
  const surprises: unknown[] = [];
  const attempt = (work: () => Promise<unknown>) =>
    work().catch((err) => {
      const { code } = err as { code?: string };
      if (code !== "conflict" && code !== "stale_version") surprises.push(err);
    });
  for (let round = 0; round < 10; round++) {
    const { version } = await getCredential(tester, id);
    await attempt(() => stage(id, { clientSecret: `${next}${round}` }));
    await atProvider(clientId, `${next}${round}`);
    const { staged } = await getRotation(tester, id);
    const input = { version, stagedId: staged!.id, untested: true };
    await Promise.all([
      attempt(() => testStaged(tester, id)),
      attempt(() => testStaged(anna, id)),
      attempt(() => promoteStaged(tester, id, input)),
      attempt(() => checkCredential(tester, id)),
      attempt(() => promoteStaged(anna, id, input)),
      attempt(() => testStaged(tester, id)),
      attempt(() => updateCredential(tester, id, { version, notes: `round ${round}` })),
    ]);
    const after = await getRotation(tester, id);
    const again = { version: after.version, stagedId: staged!.id, untested: true };
    if (after.staged) await attempt(() => promoteStaged(tester, id, again));
    expect((await getRotation(tester, id)).staged).toBeNull();
  }
  expect(surprises).toEqual([]);
  expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
});

test("a test that ends while the credential is locked waits for it, and neither is a victim of the other", async () => {
  const { id, clientId } = await storeStaged();
  await atProvider(clientId, next);
  const locked = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const discarded = inTransaction(async (tx) => {
    await findCredential(tx, id, true);
    locked.resolve();
    await mayGoOn.promise;
    await clearSlot(tx, id, "staged");
  });
  await locked.promise;
  const tested = testStaged(tester, id);
  const waiting = async () => {
    const { rows } = await getDb().execute(
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length;
  };
  await expect.poll(waiting).toBeGreaterThan(0);
  mayGoOn.resolve();
  await discarded;
  expect(await tested).toMatchObject({ passed: true });
  expect(await slotsOf(id)).toEqual([]);
});

describe("a lost encryption key", () => {
  const lose = (envelope: string) => envelope.replace("v2.test.", "v2.lost.");

  test("of the staged secret is said by testing and promoting, and the one in force stays", async () => {
    const { id, staged } = await storeStaged();
    const [row] = await slotsOf(id);
    await getDb()
      .update(credentialSecrets)
      .set({ clientSecretEnvelope: lose(row!.clientSecretEnvelope!) })
      .where(eq(credentialSecrets.credentialId, id));
    await expect(testStaged(tester, id)).rejects.toMatchObject({ code: "secret_unreadable" });
    const promoted = promoteStaged(tester, id, { version: 1, stagedId: staged.id, untested: true });
    await expect(promoted).rejects.toMatchObject({ code: "secret_unreadable" });
    expect(await readRow(id)).toMatchObject({ version: 1, status: "active" });
    await discardStaged(tester, id);
  });

  test("of the one in force keeps nobody from promoting; there is nothing to roll back to then", async () => {
    const { id, clientId, staged } = await storeStaged();
    const { clientSecretEnvelope } = await readRow(id);
    await getDb()
      .update(credentials)
      .set({ clientSecretEnvelope: lose(clientSecretEnvelope!) })
      .where(eq(credentials.id, id));
    await atProvider(clientId, next);
    expect((await testStaged(tester, id)).passed).toBe(true);
    await promoteStaged(tester, id, { version: 1, stagedId: staged.id, untested: false });
    expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
    expect(await slotsOf(id)).toEqual([]);
    const [record] = await auditOf(id);
    expect(record?.after).toMatchObject({ former: "not kept: it can't be opened" });
  });
});
