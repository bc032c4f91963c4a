import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { adoptDestinations } from "#lib/delivery/transport-edits/adopt-destinations.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { reassignCredential } from "#lib/delivery/transport-edits/reassign-credential.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { changeDestination } from "#lib/oauth/credential-edits/rebind.ts";
import { setBindingStage } from "#lib/platform/crypto/binding.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen, makeCertificates, startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { transportInput, transportUpdate } from "../schema.ts";

// An engineer can assign a credential but never see its token. Each test is a way to read it.

setUpTestDatabase();
const sandbox = setUpSandbox();
const engineer: Context = {
  actor: { kind: "user", id: "0190c7a0-0000-7000-8000-000000000001", name: "Eve", sessionId: "s" },
  grants: [{ role: "engineer", nodeId: null }],
  address: null,
};
let service: Listening;
let proxy: TestProxy;
let trustedCa: string;
let nodeId: string;
let manual: Record<string, unknown>;
const received: (string | undefined)[] = [];

beforeAll(async () => {
  service = await listen((request, response) => {
    received.push(request.headers.authorization);
    response.end("{}");
  });
  proxy = await startProxy();
  trustedCa = (await makeCertificates()).ca;
  manual = { mode: "manual", url: `http://127.0.0.1:${proxy.port}` };
  nodeId = await insertNode("Plant");
});
beforeEach(() => {
  received.length = 0;
  proxy.asked.length = 0;
});
afterAll(() => Promise.all([service?.close(), proxy?.close()]));

const addCredential = async () => (await store(genericInput(sandbox.current, { allowedHosts: ["127.0.0.1"] }))).id;
const withToken = (credentialId: string) => ({ authorization: { kind: "credential", credentialId } });
const describeTransport = (changes: Record<string, unknown>) =>
  transportInput.parse({
    name: `Orders ${randomUUID()}`,
    nodeId,
    type: "HTTP",
    http: { url: `http://127.0.0.1:${service.port}/` },
    ...changes,
  });
const save = (ctx: Context, changes: Record<string, unknown>) => createTransport(ctx, describeTransport(changes));
const edit = (ctx: Context, { id, version }: { id: string; version: number }, changes: Record<string, unknown>) =>
  updateTransport(ctx, id, transportUpdate.parse({ version, ...changes }));
const refusedAt = (...fields: string[]) => ({
  code: "forbidden",
  fields: fields.map((field) => ({ field, message: expect.stringContaining("ask an admin to save the transport") })),
});
const countRequests = async (credentialId: string) => {
  const [row] = await getDb().select().from(credentials).where(eq(credentials.id, credentialId));
  return (await sandbox.current.control.countTokenRequests({ clientId: row!.clientId })).total;
};

/** Ways out that could read what is sent over them. */
const routes = [
  ["a proxy", () => ({ proxy: manual }), ["proxy.url"]],
  ["a trusted CA", () => ({ trustedCa }), ["trustedCa"]],
  ["both", () => ({ proxy: manual, trustedCa }), ["proxy.url", "trustedCa"]],
] as const;

describe.each(routes)("an engineer can't send a token over %s of the transport", (_, route, fields) => {
  test("on a new transport", async () => {
    const credentialId = await addCredential();
    await expect(save(engineer, { ...withToken(credentialId), ...route() })).rejects.toMatchObject(
      refusedAt(...fields),
    );
  });

  test("by editing a transport that sends a token", async () => {
    const saved = await save(engineer, withToken(await addCredential()));
    await expect(edit(engineer, saved, route())).rejects.toMatchObject(refusedAt(...fields));
  });

  test("by assigning a credential to a transport that has it", async () => {
    const saved = await save(engineer, route());
    const credentialId = await addCredential();
    await expect(edit(engineer, saved, withToken(credentialId))).rejects.toMatchObject(refusedAt(...fields));
  });

  test("by giving an approved transport another credential", async () => {
    const from = await addCredential();
    await save(tester, { ...withToken(from), ...route() });
    const to = await addCredential();
    await expect(reassignCredential(engineer, from, { credentialId: to })).rejects.toMatchObject({ code: "forbidden" });
  });

  test("nor a password of Basic", async () => {
    const basic = { authorization: { kind: "basic", username: "erp", password: "a password" } };
    await expect(save(engineer, { ...basic, ...route() })).rejects.toMatchObject(refusedAt(...fields));
  });

  test("nor a password of WS-Security", async () => {
    const soap = {
      endpointUrl: "https://orders.example.com/",
      raw: true,
      security: { username: "erp", password: "a password" },
    };
    const input = { type: "WS_SOAP", http: undefined, soap, ...route() };
    await expect(save(engineer, input)).rejects.toMatchObject(refusedAt(...fields));
  });

  test("by looking at a WSDL over it", async () => {
    const authorization = withToken(await addCredential());
    const soap = { wsdlUrl: `http://127.0.0.1:${service.port}/?wsdl` };
    const preview = previewWsdl(engineer, { nodeId, soap, ...authorization, ...route() } as never);
    await expect(preview).rejects.toMatchObject(refusedAt(...fields));
    expect([received, proxy.asked]).toEqual([[], []]);
  });
});

test("an engineer can still edit the rest of an approved transport, but not where it leads", async () => {
  const saved = await save(tester, { ...withToken(await addCredential()), proxy: manual });
  expect(saved.route).toMatchObject({ state: "approved", approvedBy: "Tester" });
  const renamed = await edit(engineer, saved, { name: `Renamed ${randomUUID()}`, notes: "Ours" });
  expect(renamed.route).toEqual(saved.route);
  expect(await testTransport(engineer, saved.id)).toMatchObject({ status: "succeeded" });
  expect(received).toEqual([expect.stringMatching(/^Bearer /)]);
  for (const changes of [
    { proxy: { ...manual, bypass: ["*"] } },
    { http: { url: `http://127.0.0.1:${service.port + 1}/` } },
    { http: { url: `https://127.0.0.1:${service.port}/` } },
  ]) {
    await expect(edit(engineer, renamed, changes)).rejects.toMatchObject(refusedAt("proxy.url"));
  }
  expect(await edit(engineer, renamed, { proxy: { mode: "none" } })).toMatchObject({
    route: { state: "not_required" },
  });
});

test.each([
  ["proxy", () => ({ proxy: { mode: "manual" as const, url: manual.url as string, username: "", bypass: [] } })],
  ["trusted CA", () => ({ trustedCa })],
])("a %s that was changed in the database gets no token, and none is requested", async (_, change) => {
  const credentialId = await addCredential();
  const { id, version } = await save(engineer, withToken(credentialId));
  await getDb().update(transports).set(change()).where(eq(transports.id, id));
  const refused = { status: "failed", token: null, error: { code: "route_not_approved" } };
  expect(await testTransport(tester, id)).toMatchObject(refused);
  // An admin who changes something else doesn't approve it.
  expect(await edit(tester, { id, version }, { notes: "x" })).toMatchObject({ route: { state: "not_approved" } });
  expect(await testTransport(tester, id)).toMatchObject(refused);
  expect([received, proxy.asked, await countRequests(credentialId)]).toEqual([[], [], 0]);
});

test("a connection check sends no token over a route that isn't approved", async () => {
  const credentialId = await addCredential();
  const { id } = await save(engineer, withToken(credentialId));
  await getDb()
    .update(transports)
    .set({ proxy: { mode: "manual", url: manual.url as string, username: "", bypass: [] } })
    .where(eq(transports.id, id));
  const { steps } = await checkCredential(tester, credentialId);
  expect(steps.at(-1)).toMatchObject({ verdict: "fail", detail: expect.stringContaining("isn't approved") });
  expect([received, proxy.asked]).toEqual([[], []]);
});

test("a token is sent over http only to hosts that an admin marked", async () => {
  const input = genericInput(sandbox.current, { allowedHosts: ["orders.example.com"] });
  const { id: credentialId } = await store(input);
  const open = { ...withToken(credentialId), http: { url: "http://orders.example.com/" } };
  await expect(save(engineer, open)).rejects.toMatchObject({
    code: "host_not_allowed",
    fields: [{ field: "http.url" }],
  });
  const saved = await save(engineer, { ...open, http: { url: "https://orders.example.com/" } });
  await getDb()
    .update(transports)
    .set({ http: { url: "http://orders.example.com/", method: "GET", headers: [] } })
    .where(eq(transports.id, saved.id));
  expect(await testTransport(tester, saved.id)).toMatchObject({ token: null, error: { code: "host_not_allowed" } });
  expect(await countRequests(credentialId)).toBe(0);
  const marked = await store({ ...input, name: randomUUID(), allowedHosts: ["http://orders.example.com"] });
  await save(engineer, { ...open, ...withToken(marked.id) });
});

test("an upgrade approves existing routes, keeps http hosts in use, and the audit log lists both", async () => {
  const credentialId = await addCredential();
  const { id } = await save(tester, { ...withToken(credentialId), proxy: manual });
  const open = await save(tester, withToken(credentialId));
  // As the previous version stored it, and as the migration marks it.
  const mark = { routeApproval: { hash: null, by: "upgrade", at: "" } };
  const http = { url: "http://127.0.0.1.example.com/v1", method: "GET" as const, headers: [] };
  await getDb().update(transports).set(mark).where(eq(transports.id, id));
  await getDb()
    .update(transports)
    .set({ ...mark, http })
    .where(eq(transports.id, open.id));
  const allowedHosts = ["127.0.0.1", "*.example.com"];
  await inTransaction((tx) => changeDestination(tx, credentialId, { allowedHosts }));
  expect(await testTransport(tester, id)).toMatchObject({ error: { code: "route_not_approved" } });

  setBindingStage("binding");
  await adoptDestinations();
  await adoptDestinations();
  setBindingStage("bound");
  expect(await testTransport(tester, id)).toMatchObject({ status: "succeeded" });
  const [row] = await getDb().select().from(credentials).where(eq(credentials.id, credentialId));
  expect(row!.allowedHosts).toEqual([...allowedHosts, "http://127.0.0.1.example.com"]);
  const audit = (target: string, action: string) =>
    getDb()
      .select()
      .from(auditRecords)
      .where(and(eq(auditRecords.targetId, target), eq(auditRecords.action, action)));
  expect(await audit(id, "transport.approve-route")).toHaveLength(1);
  expect(await audit(open.id, "transport.approve-route")).toEqual([]);
  expect(await audit(credentialId, "credential.allow-hosts")).toMatchObject([
    { after: { allowedHosts: row!.allowedHosts } },
  ]);
});
