import { eq, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeEach, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { keyHolders } from "#drizzle/schema/key-holders.ts";
import { secretBindings } from "#drizzle/schema/secret-bindings.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { openAuthorization } from "#lib/delivery/runs/authorization.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { loadTransportPlan } from "#lib/delivery/transports/plan.ts";
import { transportInput, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import { credentialInput, credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { stageSecret } from "#lib/oauth/rotation/stage-secret.ts";
import { openSlot } from "#lib/oauth/rotation/staging/store.ts";
import { getBindingStage, setBindingStage } from "#lib/platform/crypto/binding.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { bindSecrets, loadBindingStage } from "./bind-secrets.ts";
import { envelopeColumns, readEnvelopes } from "./envelopes.ts";

setUpTestDatabase();
const ctx = systemContext("Tester");
const secret = "canary-bound-secret";
const quick = { quietMs: 600_000, settleMs: 0 };
let nodeId: string;

/** A database as the version before left it: its envelopes, and the mark of the migration. */
beforeEach(async () => {
  nodeId ??= await insertNode("Plant");
  await getDb().delete(keyHolders);
  await getDb().delete(transports);
  await getDb().delete(credentials);
  await getDb().execute(sql`truncate audit_records`);
  await getDb().delete(secretBindings);
  await getDb().insert(secretBindings).values({ stage: "unbound", since: new Date() });
  await loadBindingStage();
});

async function addCredential() {
  const input = { name: `Orders ${v7()}`, type: "application", endpointUrl: "https://idp.example.com/token" };
  const parsed = credentialInput.parse({ ...input, clientId: "client", clientSecret: secret, scope: "api" });
  return createCredential(ctx, parsed);
}

async function addTransport() {
  const http = { url: "https://orders.example.com/" };
  const authorization = { kind: "basic", username: "erp", password: secret };
  return createTransport(ctx, transportInput.parse({ name: v7(), nodeId, type: "HTTP", http, authorization }));
}

async function countVersions() {
  const found: Record<string, number> = {};
  for (const column of envelopeColumns) {
    for await (const { envelope } of readEnvelopes(column)) {
      const version = envelope.slice(0, 2);
      found[version] = (found[version] ?? 0) + 1;
    }
  }
  return found;
}

async function openAll(credentialId: string, transportId: string) {
  const { plan } = await loadTransportPlan(transportId);
  const authorization = openAuthorization(plan, null);
  return [
    (await openCredential(credentialId)).clientSecret,
    authorization.kind === "basic" ? authorization.password : null,
  ];
}

const processOfVersion = (opensBound: boolean, secondsAgo: number) =>
  getDb()
    .insert(keyHolders)
    .values({
      ...{ id: v7(), role: "worker", host: "h", pid: 7, keys: [], opensBound },
      seenAt: sql`now() - ${`${secondsAgo} seconds`}::interval` as unknown as Date,
    });

test("nothing is bound, and nothing written that processes of the version before can't open, while one may run", async () => {
  await processOfVersion(false, 500);
  await processOfVersion(true, 0);
  const [credential, transport] = [await addCredential(), await addTransport()];
  await bindSecrets(quick);
  await bindSecrets(quick);
  expect(getBindingStage()).toBe("unbound");
  await updateCredential(ctx, credential.id, credentialUpdate.parse({ version: 1, allowedHosts: ["a.example.com"] }));
  expect(await countVersions()).toEqual({ v1: 2 });
  expect(await openAll(credential.id, transport.id)).toEqual([secret, secret]);
});

test("secrets are bound while they're used, and then nothing else is opened", async () => {
  await processOfVersion(false, 700);
  const [credential, transport] = [await addCredential(), await addTransport()];
  await stageSecret(ctx, credential.id, { clientSecret: secret });
  // One that was bound before the process that did it was killed.
  await bindSecrets(quick);
  expect(getBindingStage()).toBe("binding");
  await updateTransport(ctx, transport.id, transportUpdate.parse({ version: 1, timeoutMs: 1000 }));
  await updateCredential(ctx, credential.id, credentialUpdate.parse({ version: 1, allowedHosts: ["a.example.com"] }));
  expect(await openAll(credential.id, transport.id)).toEqual([secret, secret]);
  const { clientSecretEnvelope: bound } = (await getDb().select().from(credentials))[0]!;
  expect(bound).toMatch(/^v2/);

  await bindSecrets({ ...quick, settleMs: 60_000 });
  expect(await countVersions()).toEqual({ v2: 3 });
  await bindSecrets({ ...quick, settleMs: 60_000 });
  expect(getBindingStage()).toBe("binding");
  expect(await openAll(credential.id, transport.id)).toEqual([secret, secret]);

  await bindSecrets(quick);
  expect(getBindingStage()).toBe("bound");
  expect(await openAll(credential.id, transport.id)).toEqual([secret, secret]);
  const [row] = await getDb().select().from(credentials);
  expect((await openSlot(getDb(), row!, "staged"))?.clientSecret).toBe(secret);
  const bindings = eq(auditRecords.action, "encryption_key.bind");
  expect(await getDb().$count(auditRecords, bindings)).toBe(1);
});

test("routes that were approved before an upgrade stay approved", async () => {
  const { id: credentialId } = await addCredential();
  const input = { name: v7(), nodeId, type: "HTTP", http: { url: "https://orders.example.com/" } };
  const route = {
    authorization: { kind: "credential", credentialId },
    proxy: { mode: "manual", url: "http://proxy:3128" },
  };
  const { id } = await createTransport(ctx, transportInput.parse({ ...input, ...route }));
  await getDb().update(transports).set({ routeApprovalEnvelope: null }).where(eq(transports.id, id));
  const readState = async () => (await loadTransportPlan(id)).plan.routeState;
  expect(await readState()).toBe("approved");
  for (let step = 0; step < 3; step++) await bindSecrets(quick);
  expect(getBindingStage()).toBe("bound");
  expect(await readState()).toBe("approved");
  await getDb().update(transports).set({ routeApprovalEnvelope: null }).where(eq(transports.id, id));
  expect(await readState()).toBe("not_approved");
});

test("an upgrade that was broken off goes on at the next start, by several processes at once", async () => {
  const made = await Promise.all(Array.from({ length: 30 }, addCredential));
  await bindSecrets(quick);
  setBindingStage("bound");
  await loadBindingStage();
  expect(getBindingStage()).toBe("binding");
  await Promise.all([bindSecrets(quick), bindSecrets(quick)]);
  await bindSecrets(quick);
  expect(await countVersions()).toEqual({ v2: 30 });
  expect(getBindingStage()).toBe("bound");
  for (const { id } of made) expect((await openCredential(id)).clientSecret).toBe(secret);
});

test("the mark of an upgrade that's put into the database again changes nothing", async () => {
  await addCredential();
  for (let step = 0; step < 3; step++) await bindSecrets(quick);
  expect(getBindingStage()).toBe("bound");
  await getDb().insert(secretBindings).values({ stage: "binding", since: new Date() });
  await bindSecrets(quick);
  expect(getBindingStage()).toBe("bound");
  await loadBindingStage();
  expect(getBindingStage()).toBe("bound");
});
