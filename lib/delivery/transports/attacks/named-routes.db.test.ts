import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import { transports } from "#drizzle/schema/transports.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { openDraft } from "#lib/oauth/credential-edits/open-draft.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { createAuthority, deleteAuthority, updateAuthority } from "#lib/oauth/network/authorities.ts";
import { createProxy, deleteProxy, updateProxy } from "#lib/oauth/network/proxies.ts";
import { authorityInput, authorityUpdate, proxyInput, proxyUpdate } from "#lib/oauth/network/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { tester as admin, genericInput, setUpSandbox, store } from "#scripts/test-sandbox.ts";
import { type Listening, listen, makeCertificates, startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { transportInput, transportUpdate } from "../schema.ts";

// Admins make named proxies and certificate authorities. Whoever selects them, or changes the database, reads no secret through them.

setUpTestDatabase();
const sandbox = setUpSandbox();
const engineer: Context = {
  actor: { kind: "user", id: "0190c7a0-0000-7000-8000-000000000001", name: "Eve", sessionId: "s" },
  grants: [{ role: "engineer", nodeId: null }],
  address: null,
};
let service: Listening;
let proxy: TestProxy;
let evil: TestProxy;
let ca: string;
let otherCa: string;
let nodeId: string;
const received: (string | undefined)[] = [];

beforeAll(async () => {
  service = await listen((request, response) => {
    received.push(request.headers.authorization);
    response.end("{}");
  });
  [proxy, evil] = await Promise.all([startProxy(), startProxy()]);
  const certificates = await makeCertificates();
  ca = certificates.ca;
  otherCa = certificates.otherName.cert;
  nodeId = await insertNode("Plant");
});
beforeEach(() => {
  for (const list of [received, proxy.asked, evil.asked]) list.length = 0;
});
afterAll(() => Promise.all([service, proxy, evil].map((each) => each?.close())));

const urlOf = ({ port }: Listening) => `http://127.0.0.1:${port}`;
const secret = { username: "portal", password: "proxy-password" };
const addProxy = (more: object = secret) =>
  createProxy(admin, proxyInput.parse({ name: randomUUID(), url: urlOf(proxy), ...more }));
const addAuthority = () => createAuthority(admin, authorityInput.parse({ name: randomUUID(), certificates: ca }));
const named = (proxyId: string) => ({ mode: "named" as const, proxyId });
const addCredential = async () => (await store(genericInput(sandbox.current, { allowedHosts: [urlOf(service)] }))).id;
const withToken = async () => ({ authorization: { kind: "credential", credentialId: await addCredential() } });
const basic = { authorization: { kind: "basic", username: "erp", password: "a password" } };
const save = (ctx: Context, changes: object) =>
  createTransport(
    ctx,
    transportInput.parse({ name: randomUUID(), nodeId, type: "HTTP", http: { url: urlOf(service) }, ...changes }),
  );
const edit = (ctx: Context, { id, version }: { id: string; version: number }, changes: object) =>
  updateTransport(ctx, id, transportUpdate.parse({ version, ...changes }));

test("an engineer selects named objects for a transport that sends a token, and needs no approval", async () => {
  const [{ id: proxyId }, { id: trustedCaId }] = [await addProxy(), await addAuthority()];
  const saved = await save(engineer, { ...(await withToken()), proxy: named(proxyId), trustedCaId });
  expect(saved).toMatchObject({
    proxy: { mode: "named", proxyId, proxyName: expect.any(String) },
    trustedCaId,
    route: { state: "not_required" },
  });
  expect(await testTransport(engineer, saved.id)).toMatchObject({ status: "succeeded", proxy: urlOf(proxy) });
  expect([received, proxy.asked]).toEqual([[expect.stringMatching(/^Bearer ./)], [expect.any(String)]]);
  expect(JSON.stringify(saved)).not.toContain(secret.password);
});

test.each([
  [
    "proxy",
    async () => ({ trustedCaId: (await addAuthority()).id, proxy: { mode: "manual", url: urlOf(evil) } }),
    "proxy.url",
  ],
  ["trusted CA", async () => ({ proxy: named((await addProxy()).id), trustedCa: otherCa }), "trustedCa"],
])("a %s of the engineer's own still needs an admin, also next to a named object", async (_, route, field) => {
  const changes = { ...(await withToken()), ...(await route()) };
  await expect(save(engineer, changes)).rejects.toMatchObject({ code: "forbidden", fields: [{ field }] });
});

test("an engineer can't create, change, or delete a named object", async () => {
  const [{ id: proxyId }, { id: caId }] = [await addProxy(), await addAuthority()];
  const attempts = [
    createProxy(engineer, proxyInput.parse({ name: "Mine", url: urlOf(evil) })),
    updateProxy(engineer, proxyId, proxyUpdate.parse({ version: 1, url: urlOf(evil) })),
    deleteProxy(engineer, proxyId),
    createAuthority(engineer, authorityInput.parse({ name: "Mine", certificates: otherCa })),
    updateAuthority(engineer, caId, authorityUpdate.parse({ version: 1, certificates: otherCa })),
    deleteAuthority(engineer, caId),
  ];
  for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: "forbidden" });
});

test("the password of a named proxy isn't sent to a proxy that an engineer enters", async () => {
  const { id: proxyId } = await addProxy();
  const saved = await save(engineer, { proxy: named(proxyId) });
  const own = await edit(engineer, saved, { proxy: { mode: "manual", url: urlOf(evil), username: "portal" } });
  expect(own.proxy).toMatchObject({ mode: "manual", passwordSetAt: null });
  const [row] = await getDb().select().from(transports).where(eq(transports.id, saved.id));
  expect(row).toMatchObject({ proxyPasswordEnvelope: null, proxyId: null });
});

describe("a stored password must be entered again if", () => {
  test.each([
    ["a named proxy is selected", {}, async () => ({ proxy: named((await addProxy()).id) })],
    ["another named proxy is selected", { withProxy: true }, async () => ({ proxy: named((await addProxy()).id) })],
    ["a certificate authority is selected", {}, async () => ({ trustedCaId: (await addAuthority()).id })],
  ])("%s", async (_, { withProxy = false }: { withProxy?: boolean }, change) => {
    const saved = await save(admin, { ...basic, ...(withProxy ? { proxy: named((await addProxy()).id) } : {}) });
    const refused = { code: "invalid_input", fields: [{ field: "authorization.password" }] };
    await expect(edit(admin, saved, await change())).rejects.toMatchObject(refused);
    const soap = { wsdlUrl: urlOf(service) };
    const { authorization } = basic;
    const values = { transportId: saved.id, nodeId, soap, authorization: { ...authorization, password: undefined } };
    await expect(previewWsdl(admin, { ...values, ...(await change()) } as never)).rejects.toMatchObject(refused);
    expect([received, proxy.asked]).toEqual([[], []]);
  });

  test("another certificate authority is selected for a credential, also to check unsaved values", async () => {
    const id = await addCredential();
    const { id: trustedCaId } = await addAuthority();
    const refused = { code: "invalid_input", fields: [{ field: "clientSecret" }] };
    const update = credentialUpdate.parse({ version: 1, trustedCaId });
    await expect(updateCredential(admin, id, update)).rejects.toMatchObject(refused);
    await expect(openDraft(admin, { id, version: 1, trustedCaId })).rejects.toMatchObject(refused);
  });
});

test.each([
  ["URL", () => ({ url: urlOf(evil) })],
  ["list of hosts without it", () => ({ bypass: ["127.0.0.1"] })],
])("a named proxy whose %s was changed in the database gets nothing", async (_, change) => {
  for (const own of [secret, {}]) {
    const { id } = await addProxy(own);
    const saved = await save(engineer, { ...(await withToken()), proxy: named(id) });
    await getDb().update(proxies).set(change()).where(eq(proxies.id, id));
    expect(await testTransport(admin, saved.id)).toMatchObject({
      status: "failed",
      error: { code: "secret_unreadable" },
    });
  }
  expect([received, proxy.asked, evil.asked]).toEqual([[], [], []]);
});

test("a named certificate authority that was changed in the database isn't trusted", async () => {
  const { id: trustedCaId } = await addAuthority();
  const saved = await save(engineer, { ...(await withToken()), trustedCaId });
  await getDb()
    .update(certificateAuthorities)
    .set({ certificates: otherCa })
    .where(eq(certificateAuthorities.id, trustedCaId));
  expect(await testTransport(admin, saved.id)).toMatchObject({
    status: "failed",
    error: { code: "secret_unreadable" },
  });
  expect(received).toEqual([]);
});

test("the envelope of one named proxy doesn't open in the row of another", async () => {
  const [mine, theirs] = [await addProxy(), await addProxy({ url: urlOf(evil) })];
  const [row] = await getDb().select().from(proxies).where(eq(proxies.id, mine.id));
  await getDb().update(proxies).set({ passwordEnvelope: row!.passwordEnvelope }).where(eq(proxies.id, theirs.id));
  const saved = await save(engineer, { proxy: named(theirs.id) });
  expect(await testTransport(admin, saved.id)).toMatchObject({ error: { code: "secret_unreadable" } });
  expect(evil.asked).toEqual([]);
});
