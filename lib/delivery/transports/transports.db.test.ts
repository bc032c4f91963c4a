import { eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { deleteTransport } from "#lib/delivery/transport-edits/delete-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { transportAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { getTransport, listTransports } from "./read-transports.ts";
import { transportInput } from "./schema.ts";

setUpTestDatabase();

const as = (role: Role, nodeId: string | null): Context => ({
  actor: { kind: "user", id: "0190c7a0-0000-7000-8000-000000000001", name: "Anna", sessionId: "s" },
  grants: [{ role, nodeId }],
  address: "192.0.2.7",
});
const admin = as("admin", null);

let plant: string;
let line: string;
let office: string;
beforeAll(async () => {
  plant = await insertNode("Plant 7");
  line = await insertNode("Line 1", plant);
  office = await insertNode("Office");
});

let count = 0;
const make = (changes: Record<string, unknown> = {}) =>
  transportInput.parse({
    name: `Orders ${++count}`,
    nodeId: line,
    type: "HTTP",
    http: { url: "https://orders.example.com/v1", method: "POST", headers: [{ name: "X-Site", value: "7" }] },
    ...changes,
  });

async function insertCredential(values: Partial<typeof credentials.$inferInsert> = {}): Promise<string> {
  const [row] = await getDb()
    .insert(credentials)
    .values({
      name: `Credential ${++count}`,
      type: "application",
      provider: "generic",
      endpointUrl: "https://idp.example.com/token",
      clientId: "client",
      ...values,
    })
    .returning({ id: credentials.id });
  return row!.id;
}

test("a transport comes back as it was entered, with defaults", async () => {
  const created = await createTransport(admin, make());
  expect(await getTransport(admin, created.id)).toEqual(created);
  expect(created).toMatchObject({
    version: 1,
    nodeName: "Line 1",
    http: { url: "https://orders.example.com/v1", method: "POST", headers: [{ name: "X-Site", value: "7" }] },
    authorization: { kind: "none" },
    timeoutMs: 30_000,
    followRedirects: false,
    usedBy: [],
    usedElsewhere: 0,
  });
});

test("the Basic password is sealed for its row and neither shown nor audited", async () => {
  const password = "canary-basic-password";
  const created = await createTransport(admin, make({ authorization: { kind: "basic", username: "erp", password } }));
  expect(created.authorization).toEqual({ kind: "basic", username: "erp", passwordSetAt: expect.any(String) });
  const [row] = await getDb().select().from(transports).where(eq(transports.id, created.id));
  expect(openSecret(row!.basicPasswordEnvelope!, transportAad(row!, null, "basicPassword"))).toBe(password);
  const audit = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, created.id));
  expect(audit).toHaveLength(1);
  expect(JSON.stringify([created, audit])).not.toContain(password);
});

test("a Basic user without a password is refused at the password's field", async () => {
  const input = make({ authorization: { kind: "basic", username: "erp" } });
  await expect(createTransport(admin, input)).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field: "authorization.password" }],
  });
});

test("an edit keeps the Basic password on the same server and asks for it on another one", async () => {
  const authorization = { kind: "basic" as const, username: "erp", password: "one" };
  const created = await createTransport(admin, make({ authorization }));
  const kept = { kind: "basic" as const, username: "erp" };
  const http = { url: "https://orders.example.com/v2", method: "GET" as const, headers: [] };
  const moved = await updateTransport(admin, created.id, { version: 1, http, authorization: kept });
  expect(moved.authorization).toEqual(created.authorization);
  const elsewhere = { ...http, url: "https://evil.example.com/v2" };
  await expect(updateTransport(admin, created.id, { version: 2, http: elsewhere })).rejects.toMatchObject({
    fields: [{ field: "authorization.password", message: expect.stringContaining("another server") }],
  });
  const again = { ...authorization, password: "two" };
  await updateTransport(admin, created.id, { version: 2, http: elsewhere, authorization: again });
});

test("a credential's token is refused to a host outside its allowed hosts when the transport is saved", async () => {
  const credentialId = await insertCredential({ allowedHosts: ["orders.example.com"] });
  const authorization = { kind: "credential", credentialId };
  const created = await createTransport(admin, make({ authorization }));
  expect(created.authorization).toMatchObject({ kind: "credential", credentialId, credentialStatus: "unverified" });
  const input = make({ authorization, http: { url: "https://orders.example.com.evil.org/" } });
  await expect(createTransport(admin, input)).rejects.toMatchObject({
    code: "host_not_allowed",
    fields: [{ field: "http.url" }],
  });
});

test("a credential of type User sends the tokens of people only to hosts that an admin has named", async () => {
  const nowhere = await insertCredential({ type: "user" });
  const refused = createTransport(admin, make({ authorization: { kind: "credential", credentialId: nowhere } }));
  await expect(refused).rejects.toMatchObject({
    code: "host_not_allowed",
    message: expect.stringContaining("can't send its token to https://orders.example.com yet"),
    fields: [{ field: "http.url" }],
  });
  const there = await insertCredential({ type: "user", allowedHosts: ["orders.example.com"] });
  const created = await createTransport(admin, make({ authorization: { kind: "credential", credentialId: there } }));
  expect(created.authorization).toMatchObject({ kind: "credential", credentialId: there });
});

test("an engineer assigns a credential on the own node only, an operator never writes", async () => {
  const credentialId = await insertCredential({ allowedHosts: ["orders.example.com"] });
  const authorization = { kind: "credential", credentialId };
  const engineer = as("engineer", plant);
  await createTransport(engineer, make({ authorization }));
  await expect(createTransport(engineer, make({ nodeId: office }))).rejects.toMatchObject({ code: "forbidden" });
  await expect(createTransport(as("operator", plant), make())).rejects.toMatchObject({ code: "forbidden" });
});

test("moving to another node needs the permission on both", async () => {
  const created = await createTransport(admin, make());
  const engineer = as("engineer", plant);
  await expect(updateTransport(engineer, created.id, { version: 1, nodeId: office })).rejects.toMatchObject({
    code: "forbidden",
  });
  const both: Context = { ...engineer, grants: [...engineer.grants, { role: "engineer", nodeId: office }] };
  expect(await updateTransport(both, created.id, { version: 1, nodeId: office })).toMatchObject({ nodeId: office });
});

test("an edit from an old version is refused and names what others changed", async () => {
  const created = await createTransport(admin, make());
  await updateTransport(admin, created.id, { version: 1, timeoutMs: 5000 });
  await expect(updateTransport(admin, created.id, { version: 1, notes: "mine" })).rejects.toMatchObject({
    code: "stale_version",
    details: { changed: ["timeoutMs"], current: { timeoutMs: 5000, version: 2 } },
  });
});

test("two transports of a node can't have one name, whatever the case", async () => {
  const input = make();
  await createTransport(admin, input);
  await expect(createTransport(admin, { ...input, name: input.name.toUpperCase() })).rejects.toMatchObject({
    code: "name_taken",
    fields: [{ field: "name" }],
  });
});

test("a certificate that can't be read is refused at its field", async () => {
  const trustedCa = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----";
  await expect(createTransport(admin, make({ trustedCa }))).rejects.toMatchObject({ fields: [{ field: "trustedCa" }] });
});

test("deleting is refused with the list while a trigger uses the transport", async () => {
  const created = await createTransport(admin, make());
  const trigger = await createTrigger(
    admin,
    triggerInput.parse({ name: "Send", nodeId: line, transportId: created.id, request: { path: "/orders" } }),
  );
  await expect(deleteTransport(admin, created.id)).rejects.toMatchObject({
    code: "in_use",
    details: { usedBy: [{ kind: "trigger", id: trigger.id, name: "Send", nodeId: line }] },
  });
});

test("a deleted transport is gone and audited", async () => {
  const created = await createTransport(admin, make());
  await deleteTransport(admin, created.id);
  await expect(getTransport(admin, created.id)).rejects.toMatchObject({ code: "not_found" });
  const audit = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, created.id));
  expect(audit.map((record) => record.action)).toEqual(["transport.create", "transport.delete"]);
});

test("the list shows what is on the caller's nodes, filtered, in pages that miss nothing", async () => {
  const site = await insertNode("List site");
  for (const name of ["beta_1", "Alpha", "betaX1", "Gamma"]) {
    await createTransport(admin, make({ name, nodeId: site }));
  }
  const first = await listTransports(admin, { nodeId: site, limit: 3 });
  const second = await listTransports(admin, { nodeId: site, limit: 3, cursor: first.nextCursor! });
  expect([...first.items, ...second.items].map((item) => item.name)).toEqual(["Alpha", "beta_1", "betaX1", "Gamma"]);
  expect(second.nextCursor).toBeNull();
  expect((await listTransports(admin, { q: "beta_", nodeId: site })).items.map((item) => item.name)).toEqual([
    "beta_1",
  ]);
  expect((await listTransports(as("operator", office), { nodeId: site })).items).toEqual([]);
  expect((await listTransports(as("operator", site), {})).items).toHaveLength(4);
});
