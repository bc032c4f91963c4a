import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { keyHolders } from "#drizzle/schema/key-holders.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { transportInput, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { sealPlainHeaders } from "#lib/delivery/trigger-edits/seal-plain-headers.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import { credentialInput, credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { listAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { pollChanges } from "#lib/platform/db/changes.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { setUpService } from "#scripts/test-service.ts";
import { previewTrigger } from "./preview-trigger.ts";
import { getTrigger } from "./read-triggers.ts";
import { previewInput, triggerInput, triggerUpdate } from "./schema.ts";

setUpTestDatabase();
const service = setUpService();
const other = setUpService();
const admin = systemContext("Admin");
let nodeId: string;
let proxy: TestProxy;
beforeAll(async () => {
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  nodeId = await insertNode("Plant");
  proxy = await startProxy();
});
afterAll(() => proxy?.close());

const key = "transport-key-4711";
const sessionKey = "trigger-session-0815";
const shown = (name: string) => ({ name, value: null, secret: true, setAt: expect.any(String) });

type Entered = { name: string; value?: string | null; secret?: boolean };

const saveTransport = (headers: Entered[], more: object = {}) =>
  createTransport(
    admin,
    transportInput.parse({
      name: randomUUID(),
      nodeId,
      type: "HTTP",
      http: { url: `${service.url}/v1`, headers },
      ...more,
    }),
  );
const editTransport = (id: string, version: number, changes: object) =>
  updateTransport(admin, id, transportUpdate.parse({ version, ...changes }));
const saveTrigger = (transportId: string, headers: Entered[]) =>
  createTrigger(admin, triggerInput.parse({ name: randomUUID(), nodeId, transportId, request: { headers } }));
const editTrigger = (id: string, version: number, changes: object) =>
  updateTrigger(admin, id, triggerUpdate.parse({ version, ...changes }));
const saveCredential = (lists: object) =>
  createCredential(
    admin,
    credentialInput.parse({
      name: randomUUID(),
      type: "application",
      endpointUrl: "https://idp.example.com/token",
      clientId: "client",
      clientSecret: "secret",
      ...lists,
    }),
  );
const editCredential = (id: string, version: number, changes: object) =>
  updateCredential(admin, id, credentialUpdate.parse({ version, ...changes }));

/** Everything that the database has as text, apart from envelopes, which don't contain it. */
async function readDatabase(): Promise<string> {
  const tables = [transports, triggers, credentials, auditRecords, runs];
  return JSON.stringify(await Promise.all(tables.map((table) => getDb().select().from(table))));
}

test("secret headers are encrypted, sent, and neither shown nor kept anywhere", async () => {
  const transport = await saveTransport([
    { name: "X-Api-Key", value: key },
    { name: "X-Plant", value: "7" },
    { name: "X-Site", value: "site-secret-99", secret: true },
  ]);
  expect(transport.http?.headers).toEqual([shown("X-Api-Key"), { name: "X-Plant", value: "7" }, shown("X-Site")]);
  const trigger = await saveTrigger(transport.id, [{ name: "Cookie", value: `session=${sessionKey}`, secret: false }]);
  expect(trigger.request).toMatchObject({ headers: [shown("Cookie")] });
  // The service echoes what it was sent.
  service.answer = ({ headers }) => ({ body: JSON.stringify(headers) });
  const run = await fireTrigger(admin, trigger.id);
  expect(service.seen[0]?.headers).toMatchObject({
    "x-api-key": key,
    "x-plant": "7",
    "x-site": "site-secret-99",
    cookie: `session=${sessionKey}`,
  });
  expect(run).toMatchObject({ status: "succeeded" });
  const sent = Object.fromEntries(run.request!.headers.map(({ name, value }) => [name, value]));
  expect(sent).toMatchObject({ "X-Api-Key": "[removed]", "X-Plant": "7", "X-Site": "[removed]", Cookie: "[removed]" });
  const tested = await testTransport(admin, transport.id);
  expect(service.seen[1]?.headers).toMatchObject({ "x-api-key": key, "x-site": "site-secret-99" });
  const text =
    (await readDatabase()) + JSON.stringify([transport, trigger, run, tested, await getTrigger(admin, trigger.id)]);
  for (const secret of [key, sessionKey, "site-secret-99"]) expect(text).not.toContain(secret);
});

test("an edit keeps a secret header that is left out, replaces one that is sent, and the audit log tells which", async () => {
  const { id } = await saveTransport([
    { name: "X-Api-Key", value: key },
    { name: "X-Token", value: "second-token-1" },
  ]);
  const url = `${service.url}/v2`;
  const headers = [
    { name: "x-token" },
    { name: "X-Api-Key", value: "replaced-key-1" },
    { name: "X-Plant", value: "7" },
  ];
  const edited = await editTransport(id, 1, { http: { url, headers } });
  expect(edited.http?.headers).toEqual([shown("x-token"), shown("X-Api-Key"), { name: "X-Plant", value: "7" }]);
  await testTransport(admin, id);
  expect(service.seen[0]?.headers).toMatchObject({ "x-token": "second-token-1", "x-api-key": "replaced-key-1" });
  // What was read can be sent back as it is.
  await editTransport(id, 2, { http: edited.http });
  await testTransport(admin, id);
  expect(service.seen[1]?.headers).toMatchObject({ "x-token": "second-token-1", "x-api-key": "replaced-key-1" });
  const records = await getDb()
    .select()
    .from(auditRecords)
    .where(eq(auditRecords.targetId, id))
    .orderBy(auditRecords.id);
  const logged = records.map(({ after }) => (after as { http?: { headers: { name: string; setAt?: string }[] } }).http);
  const setAt = (at: number, name: string) =>
    logged[at]?.headers.find((each) => each.name.toLowerCase() === name)?.setAt;
  expect(setAt(1, "x-token")).toBe(setAt(0, "x-token"));
  expect(setAt(1, "x-api-key")).not.toBe(setAt(0, "x-api-key"));
});

test("a secret header can't become a plain one, or another one, without its value", async () => {
  const { id } = await saveTransport([{ name: "X-Api-Key", value: key }]);
  const edit = (header: Entered) => editTransport(id, 1, { http: { url: service.url, headers: [header] } });
  const fields = [{ field: "http.headers.0.value", message: "Enter the value." }];
  expect(() =>
    transportUpdate.parse({ version: 1, http: { url: service.url, headers: [{ name: "X-Api-Key", secret: false }] } }),
  ).toThrow("Enter the value.");
  await expect(edit({ name: "X-Other-Key", secret: true })).rejects.toMatchObject({ fields });
  expect((await edit({ name: "X-Api-Key", value: "in the open", secret: false })).http?.headers).toEqual([
    { name: "X-Api-Key", value: "in the open", secret: false },
  ]);
});

test("of headers that have one name, a removed one leaves the others to be entered again", async () => {
  const twice = ["first-value-1", "second-value-2"].map((value) => ({ name: "X-Token", value }));
  const { id } = await saveTransport(twice);
  const edit = (headers: Entered[]) => editTransport(id, 1, { http: { url: service.url, headers } });
  await expect(edit([{ name: "X-Token" }])).rejects.toMatchObject({ code: "invalid_input" });
  await edit([{ name: "X-Token" }, { name: "X-Token", value: "third-value-3" }]);
  const [row] = await getDb().select().from(transports).where(eq(transports.id, id));
  const sealed = JSON.parse(openSecret(row!.headersEnvelope!, listAad("transports", id, "headers")));
  expect(sealed.values).toEqual([
    ["X-Token", "first-value-1"],
    ["X-Token", "third-value-3"],
  ]);
});

const moves: [string, () => object][] = [
  ["the server changes", () => ({ http: { url: other.url, headers: [{ name: "X-Api-Key" }] } })],
  [
    "the proxy changes",
    () => ({ proxy: { mode: "manual", url: `http://127.0.0.1:${proxy.port}`, username: "", bypass: [] } }),
  ],
];
test.each(moves)("a transport's secret header must be entered again if %s", async (_, changes) => {
  const { id } = await saveTransport([{ name: "X-Api-Key", value: key }]);
  const message = expect.stringMatching(/^Enter the value again/);
  await expect(editTransport(id, 1, changes())).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field: "http.headers.0.value", message }],
  });
  await expect(editTransport(id, 1, { notes: "x" })).resolves.toMatchObject({ version: 2 });
});

test.each(moves)("a trigger's secret header isn't sent by a transport once %s", async (_, changes) => {
  const { id: transportId } = await saveTransport([]);
  const trigger = await saveTrigger(transportId, [{ name: "X-Api-Key", value: key }]);
  await expect(fireTrigger(admin, trigger.id)).resolves.toMatchObject({ status: "succeeded" });
  const http = { url: other.url, headers: [] };
  await editTransport(transportId, 1, { ...changes(), ...("http" in changes() && { http }) });
  await pollChanges();
  service.seen = [];
  const failed = await fireTrigger(admin, trigger.id);
  expect(failed.error).toMatchObject({
    code: "transport_unusable",
    message: expect.stringContaining(`The secret headers of the trigger ${trigger.name} weren't entered for`),
  });
  expect([...service.seen, ...other.seen]).toEqual([]);
  const headers = [{ name: "X-Api-Key" }];
  await expect(editTrigger(trigger.id, 1, { request: { headers } })).rejects.toMatchObject({
    fields: [{ field: "request.headers.0.value", message: expect.stringMatching(/^Enter the value again/) }],
  });
  await editTrigger(trigger.id, 1, { request: { headers: [{ name: "X-Api-Key", value: "entered-again-1" }] } });
  await pollChanges();
  await expect(fireTrigger(admin, trigger.id)).resolves.toMatchObject({ status: "succeeded" });
});

test("a trigger's secret header must be entered again for another transport, even to the same server", async () => {
  const [from, to] = [await saveTransport([]), await saveTransport([])];
  const trigger = await saveTrigger(from.id, [{ name: "X-Api-Key", value: key }]);
  await expect(editTrigger(trigger.id, 1, { transportId: to.id })).rejects.toMatchObject({
    fields: [{ field: "request.headers.0.value" }],
  });
  await expect(editTrigger(trigger.id, 1, { name: "Renamed" })).resolves.toMatchObject({ version: 2 });
});

test("a secret header can be a template; its variables are asked for, and what they become isn't kept", async () => {
  const { id: transportId } = await saveTransport([]);
  const value = "Key part-one-of-it {{variables.key | upcase}}";
  const trigger = await saveTrigger(transportId, [{ name: "X-Api-Key", value }]);
  expect(trigger).toMatchObject({ variables: ["key"], request: { headers: [shown("X-Api-Key")] } });
  service.answer = ({ headers }) => ({ body: JSON.stringify({ echo: headers["x-api-key"] }) });
  const run = await fireTrigger(admin, trigger.id, { variables: { key: "rest-of-the-key" } });
  expect(service.seen[0]?.headers["x-api-key"]).toBe("Key part-one-of-it REST-OF-THE-KEY");
  expect(JSON.stringify(run)).not.toMatch(/part-one|REST-OF/);
  const missing = await fireTrigger(admin, trigger.id);
  expect(missing).toMatchObject({ status: "failed", error: { code: "invalid_input" } });
  // A schedule has no variables, whether the header is sent again or kept.
  const event = { kind: "schedule", cron: "0 8 * * *", timezone: "UTC" };
  await expect(editTrigger(trigger.id, 1, { event })).rejects.toMatchObject({ code: "template_invalid" });
});

test("a preview shows no secret header, entered or stored", async () => {
  const transport = await saveTransport([{ name: "X-Site", value: "site-secret-99", secret: true }]);
  const headers = [{ name: "X-Shift", value: "typed-secret-5", secret: true }, { name: "X-Api-Key" }];
  const preview = await previewTrigger(admin, previewInput.parse({ transportId: transport.id, request: { headers } }));
  expect(preview.headers.slice(0, 3)).toEqual(
    ["X-Site", "X-Shift", "X-Api-Key"].map((name) => ({ name, value: "[removed]" })),
  );
});

test("a secret header over an own proxy needs the approval of an admin", async () => {
  const manual = { mode: "manual", url: `http://127.0.0.1:${proxy.port}`, username: "", bypass: [] };
  const engineer = { ...admin, grants: [{ role: "engineer" as const, nodeId: null }] };
  const input = (headers: Entered[]) =>
    transportInput.parse({
      name: randomUUID(),
      nodeId,
      type: "HTTP",
      http: { url: service.url, headers },
      proxy: manual,
    });
  await expect(createTransport(engineer, input([{ name: "X-Api-Key", value: key }]))).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(createTransport(engineer, input([]))).resolves.toMatchObject({ route: { state: "not_required" } });
  const { id } = await saveTransport([{ name: "X-Api-Key", value: key }], { proxy: manual });
  await getDb().update(transports).set({ routeApproval: null }).where(eq(transports.id, id));
  const run = await testTransport(admin, id);
  expect(run.error?.code).toBe("route_not_approved");
});

test("headers that were changed in the database aren't sent", async () => {
  const { id } = await saveTransport([{ name: "X-Api-Key", value: key }]);
  const http = (url: string, name: string) => ({
    url,
    method: "GET" as const,
    headers: [{ name, value: "", secret: true, setAt: "2026-01-01T00:00:00Z" }],
  });
  await getDb()
    .update(transports)
    .set({ http: http(other.url, "X-Api-Key") })
    .where(eq(transports.id, id));
  expect((await testTransport(admin, id)).error?.code).toBe("transport_unusable");
  await getDb()
    .update(transports)
    .set({ http: http(service.url, "X-Plant") })
    .where(eq(transports.id, id));
  expect((await testTransport(admin, id)).error?.code).toBe("secret_unreadable");
  expect([...service.seen, ...other.seen]).toEqual([]);
});

test("token request headers and parameters follow the endpoint like the client secret", async () => {
  const lists = {
    tokenHeaders: { "x-api-key": key },
    tokenParameters: [
      { name: "audience", value: "orders" },
      { name: "pin", value: "secret-pin-12", secret: true },
    ],
  };
  const created = await saveCredential(lists);
  expect(created).toMatchObject({
    tokenHeaders: [shown("x-api-key")],
    tokenParameters: [lists.tokenParameters[0], shown("pin")],
  });
  expect(await openCredential(created.id)).toMatchObject({
    tokenHeaders: [{ name: "x-api-key", value: key }],
    tokenParameters: [lists.tokenParameters[0], { name: "pin", value: "secret-pin-12", secret: true }],
  });
  const unchanged = { tokenHeaders: created.tokenHeaders, tokenParameters: created.tokenParameters };
  expect(await editCredential(created.id, 1, unchanged)).toMatchObject({ version: 1 });
  const moved = { endpointUrl: "https://evil.example.com/token", clientSecret: "new" };
  await expect(editCredential(created.id, 1, moved)).rejects.toMatchObject({
    fields: [{ field: "tokenHeaders.0.value" }, { field: "tokenParameters.1.value" }],
  });
  const replaced = await editCredential(created.id, 1, {
    tokenHeaders: [{ name: "x-api-key", value: "another-key-2" }],
  });
  expect(replaced).toMatchObject({ version: 2, status: "unverified" });
  await getDb().update(credentials).set({ endpointUrl: moved.endpointUrl }).where(eq(credentials.id, created.id));
  await expect(openCredential(created.id)).rejects.toMatchObject({ code: "secret_unreadable" });
  const text = await readDatabase();
  for (const secret of [key, "secret-pin-12", "another-key-2"]) expect(text).not.toContain(secret);
});

test("values that an older version stored work, aren't shown, and are encrypted once no process of it runs", async () => {
  const transport = await saveTransport([]);
  const trigger = await saveTrigger(transport.id, []);
  const credential = await saveCredential({});
  const plain = (name: string, value: string) => [
    { name, value },
    { name: "X-Plant", value: "7" },
  ];
  const set = { ...transport.http!, headers: plain("X-Api-Key", "old-key-1") };
  await getDb().update(transports).set({ http: set }).where(eq(transports.id, transport.id));
  const request = { path: "", query: [], body: "", headers: plain("X-Token", "old-token-2") };
  await getDb().update(triggers).set({ request }).where(eq(triggers.id, trigger.id));
  const old = {
    tokenHeaders: plain("x-api-key", "old-gateway-3"),
    tokenParameters: plain("password2", "old-password-4"),
  };
  await getDb().update(credentials).set(old).where(eq(credentials.id, credential.id));
  const secrets = ["old-key-1", "old-token-2", "old-gateway-3", "old-password-4"];
  const check = async () => {
    service.seen = [];
    const read = await getTrigger(admin, trigger.id);
    expect(JSON.stringify(read)).not.toContain("old-token-2");
    expect(await fireTrigger(admin, trigger.id)).toMatchObject({ status: "succeeded" });
    expect(service.seen[0]?.headers).toMatchObject({
      "x-api-key": "old-key-1",
      "x-token": "old-token-2",
      "x-plant": "7",
    });
    expect(await openCredential(credential.id)).toMatchObject(old);
  };
  await pollChanges();
  await check();
  const holder = { id: v7(), role: "web", host: "old", pid: 1, keys: [], seenAt: sql`now()` as unknown as Date };
  await getDb().insert(keyHolders).values(holder);
  await sealPlainHeaders();
  expect(await readDatabase()).toContain("old-key-1");
  await getDb().update(keyHolders).set({ opensHeaders: true });
  await sealPlainHeaders();
  const text = await readDatabase();
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).toContain("trigger.encrypt-headers");
  await pollChanges();
  await check();
  // Nothing is left to do, so nothing is recorded.
  const count = await getDb().$count(auditRecords);
  await sealPlainHeaders();
  expect(await getDb().$count(auditRecords)).toBe(count);
});
