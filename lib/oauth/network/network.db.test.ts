import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { ActorGrant } from "#lib/access/permissions/permissions.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { credentialInput } from "#lib/oauth/credentials/schema.ts";
import { keyIdOf } from "#lib/platform/crypto/envelope.ts";
import { getKeys } from "#lib/platform/crypto/key-ring.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { surveySecrets } from "#lib/platform/keys/survey.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { tester as admin } from "#scripts/test-sandbox.ts";
import { makeCertificates } from "#scripts/test-servers.ts";
import { createAuthority, deleteAuthority, getAuthority, listAuthorities, updateAuthority } from "./authorities.ts";
import { createProxy, deleteProxy, getProxy, listProxies, updateProxy } from "./proxies.ts";
import { authorityInput, authorityUpdate, proxyInput, proxyUpdate } from "./schema.ts";

setUpTestDatabase();
const asRole = (role: ActorGrant["role"], nodeId: string | null = null): Context => ({
  actor: { kind: "user", id: randomUUID(), name: `Some ${role}`, sessionId: "s" },
  grants: [{ role, nodeId }],
  address: null,
});
let certificates: Awaited<ReturnType<typeof makeCertificates>>;
let nodeId: string;
beforeAll(async () => {
  certificates = await makeCertificates();
  nodeId = await insertNode("Plant");
});

const proxyOf = (more: object = {}) =>
  proxyInput.parse({
    name: `Proxy ${randomUUID()}`,
    url: "http://proxy.example.com:3128",
    username: "portal",
    ...more,
  });
const addProxy = (more: object = {}) => createProxy(admin, proxyOf({ password: "a password", ...more }));
const editProxy = (id: string, version: number, changes: object) =>
  updateProxy(admin, id, proxyUpdate.parse({ version, ...changes }));
const authorityOf = (more: object = {}) =>
  authorityInput.parse({ name: `CA ${randomUUID()}`, certificates: certificates.ca, ...more });
const editAuthority = (id: string, version: number, changes: object) =>
  updateAuthority(admin, id, authorityUpdate.parse({ version, ...changes }));
const auditOf = (id: string, action: string) =>
  getDb()
    .select()
    .from(auditRecords)
    .where(and(eq(auditRecords.targetId, id), eq(auditRecords.action, action)));
const readProxy = async (id: string) => (await getDb().select().from(proxies).where(eq(proxies.id, id)))[0]!;
const store = (more: object) =>
  createCredential(
    admin,
    credentialInput.parse({
      name: `Credential ${randomUUID()}`,
      type: "application",
      endpointUrl: "https://login.example.com/token",
      clientId: "orders",
      clientSecret: "a secret",
      ...more,
    }),
  );

describe("a named proxy", () => {
  test("is stored with its password sealed, and read back without it", async () => {
    const created = await addProxy({ bypass: ["*.internal"] });
    expect(created).toMatchObject({ version: 1, username: "portal", bypass: ["*.internal"], usedBy: [] });
    expect(created.passwordSetAt).not.toBeNull();
    const row = await readProxy(created.id);
    expect(keyIdOf(row.passwordEnvelope)).not.toBeNull();
    expect(JSON.stringify([row, created, await listProxies(admin), await getProxy(admin, created.id)])).not.toContain(
      "a password",
    );
  });

  test("leaves an audit record of each change, without the password", async () => {
    const { id } = await addProxy();
    await editProxy(id, 1, { url: "http://other.example.com:3128", password: "another password" });
    await deleteProxy(admin, id);
    expect(await auditOf(id, "proxy.create")).toMatchObject([{ after: { password: "set" } }]);
    expect(await auditOf(id, "proxy.update")).toMatchObject([
      {
        before: { url: "http://proxy.example.com:3128", password: "set" },
        after: { url: "http://other.example.com:3128", password: "replaced" },
      },
    ]);
    expect(await auditOf(id, "proxy.delete")).toMatchObject([{ before: { username: "portal" } }]);
    const all = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, id));
    expect(JSON.stringify(all)).not.toMatch(/(a|another) password/);
  });

  test("is created, changed, and deleted by admins of all nodes only", async () => {
    const { id } = await addProxy();
    const here = await insertNode("Gateway");
    for (const ctx of [asRole("engineer"), asRole("operator"), asRole("lead"), asRole("admin", here)]) {
      const refused = { code: "forbidden" };
      await expect(createProxy(ctx, proxyOf())).rejects.toMatchObject(refused);
      await expect(updateProxy(ctx, id, proxyUpdate.parse({ version: 1, url: "http://evil" }))).rejects.toMatchObject(
        refused,
      );
      await expect(deleteProxy(ctx, id)).rejects.toMatchObject(refused);
    }
    expect(await getProxy(asRole("engineer", here), id)).toMatchObject({ id });
    for (const ctx of [asRole("operator"), asRole("lead")]) {
      await expect(listProxies(ctx)).rejects.toMatchObject({ code: "forbidden" });
      await expect(getProxy(ctx, id)).rejects.toMatchObject({ code: "forbidden" });
    }
  });

  test("isn't changed from an outdated version", async () => {
    const { id } = await addProxy();
    await editProxy(id, 1, { bypass: ["*"] });
    await expect(editProxy(id, 1, { name: "Late" })).rejects.toMatchObject({
      code: "stale_version",
      details: { changed: ["bypass"], current: { version: 2, bypass: ["*"] } },
    });
  });

  test("has a name of its own", async () => {
    const { name } = await addProxy();
    await expect(addProxy({ name: name.toUpperCase() })).rejects.toMatchObject({
      code: "name_taken",
      fields: [{ field: "name" }],
    });
  });

  test("sends its stored password to no other server", async () => {
    const { id } = await addProxy();
    for (const url of ["https://proxy.example.com:3128", "http://evil.example.com:3128", "http://proxy.example.com"]) {
      await expect(editProxy(id, 1, { url })).rejects.toMatchObject({
        code: "invalid_input",
        fields: [{ field: "password" }],
      });
    }
    expect(await editProxy(id, 1, { url: "http://proxy.example.com:3128/", bypass: ["a"] })).toMatchObject({
      version: 2,
    });
    const moved = await editProxy(id, 2, { url: "http://other.example.com", password: null });
    expect(moved.passwordSetAt).toBeNull();
    expect(await editProxy(id, 3, { url: "http://third.example.com" })).toMatchObject({ version: 4 });
  });

  test("isn't changed any further after it was changed outside Sallyport", async () => {
    const { id } = await addProxy();
    await getDb()
      .update(proxies)
      .set({ bypass: ["*"] })
      .where(eq(proxies.id, id));
    await expect(editProxy(id, 1, { name: "Renamed" })).rejects.toMatchObject({ code: "secret_unreadable" });
    expect(await editProxy(id, 1, { bypass: [], password: "a password" })).toMatchObject({ version: 2 });
  });

  test("isn't deleted while it's in use, and names what the reader can see", async () => {
    const { id } = await addProxy();
    const credential = await store({ proxy: { mode: "named", proxyId: id } });
    expect(credential.proxy).toMatchObject({ mode: "named", proxyId: id, proxyName: expect.stringMatching(/^Proxy/) });
    const usedBy = [{ kind: "credential", id: credential.id, name: credential.name, nodeName: null }];
    await expect(deleteProxy(admin, id)).rejects.toMatchObject({
      code: "in_use",
      details: { usedBy, usedElsewhere: 0 },
    });
    expect(await getProxy(admin, id)).toMatchObject({ usedBy, usedElsewhere: 0 });
    expect(await getProxy(asRole("engineer", nodeId), id)).toMatchObject({ usedBy: [], usedElsewhere: 1 });
    const { items } = await listProxies(asRole("engineer", nodeId), { limit: 200 });
    expect(items.find((each) => each.id === id)).toMatchObject({ usedBy: 1 });
  });
});

test.each([
  ["a proxy", { proxy: { mode: "named", proxyId: randomUUID() } }, "proxy.proxyId"],
  ["a certificate authority", { trustedCaId: randomUUID() }, "trustedCaId"],
])("%s that doesn't exist isn't selected", async (_, selection, field) => {
  await expect(store(selection)).rejects.toMatchObject({ code: "invalid_input", fields: [{ field }] });
});

describe("a named certificate authority", () => {
  test("shows subject, fingerprint, and expiry of each certificate", async () => {
    const both = `${certificates.ca}\n${certificates.otherName.cert}`;
    const { id, subjects, expiresAt } = await createAuthority(admin, authorityOf({ certificates: both }));
    expect(subjects).toMatchObject([{ subject: expect.stringMatching(/^CN=/) }, { subject: "CN=other.example.com" }]);
    for (const { sha256 } of subjects) expect(sha256).toMatch(/^[0-9A-F]{64}$/);
    expect(expiresAt).toBe(
      subjects
        .map(({ notAfter }) => notAfter)
        .sort()
        .at(-1),
    );
    const { items } = await listAuthorities(asRole("engineer", nodeId), { limit: 200, sort: "expiresAt" });
    expect(items.find((each) => each.id === id)).toMatchObject({ subjects, usedBy: 0 });
  });

  test.each([
    ["text", () => "hello"],
    ["a private key next to it", () => `${certificates.localhost.cert}\n${certificates.localhost.key}`],
    ["a broken certificate", () => certificates.ca.replace(/.{40}\n-----END/, "\n-----END")],
  ])("refuses %s", async (_, text) => {
    const refused = { code: "invalid_input", fields: [{ field: "certificates" }] };
    await expect(createAuthority(admin, authorityOf({ certificates: text() }))).rejects.toMatchObject(refused);
    const { id } = await createAuthority(admin, authorityOf());
    await expect(editAuthority(id, 1, { certificates: text() })).rejects.toMatchObject(refused);
  });

  test("is created, changed, and deleted by admins of all nodes only, with a record of each", async () => {
    const { id } = await createAuthority(admin, authorityOf());
    for (const ctx of [asRole("engineer"), asRole("operator"), asRole("lead"), asRole("admin", nodeId)]) {
      const refused = { code: "forbidden" };
      await expect(createAuthority(ctx, authorityOf())).rejects.toMatchObject(refused);
      const update = authorityUpdate.parse({ version: 1, certificates: certificates.otherName.cert });
      await expect(updateAuthority(ctx, id, update)).rejects.toMatchObject(refused);
      await expect(deleteAuthority(ctx, id)).rejects.toMatchObject(refused);
    }
    await editAuthority(id, 1, { certificates: certificates.otherName.cert });
    await expect(editAuthority(id, 1, { name: "Late" })).rejects.toMatchObject({
      code: "stale_version",
      details: { changed: expect.arrayContaining(["certificates"]) },
    });
    await deleteAuthority(admin, id);
    await expect(getAuthority(admin, id)).rejects.toMatchObject({ code: "not_found" });
    const actions = ["create", "update", "delete"].map((what) => auditOf(id, `certificate_authority.${what}`));
    for (const records of await Promise.all(actions)) expect(records).toHaveLength(1);
  });

  test("isn't changed any further after it was changed outside Sallyport", async () => {
    const { id } = await createAuthority(admin, authorityOf());
    await getDb()
      .update(certificateAuthorities)
      .set({ certificates: certificates.otherName.cert })
      .where(eq(certificateAuthorities.id, id));
    await expect(editAuthority(id, 1, { name: "Renamed" })).rejects.toMatchObject({ code: "secret_unreadable" });
    expect(await editAuthority(id, 1, { certificates: certificates.ca })).toMatchObject({ version: 2 });
  });

  test("isn't deleted while it's in use", async () => {
    const { id } = await createAuthority(admin, authorityOf());
    const credential = await store({ trustedCaId: id });
    expect(credential).toMatchObject({ trustedCaId: id, trustedCaName: expect.stringMatching(/^CA/) });
    await expect(deleteAuthority(admin, id)).rejects.toMatchObject({
      code: "in_use",
      details: { usedBy: [{ kind: "credential", id: credential.id }] },
    });
  });
});

test("key rotation opens the envelopes of both", async () => {
  const { id } = await addProxy();
  await editProxy(id, 1, { bypass: ["*"] });
  await createAuthority(admin, authorityOf());
  const { counts, lost } = await surveySecrets(getKeys());
  expect(lost).toEqual([]);
  expect(counts.get(getKeys()[0]!.kid)).toBeGreaterThan(2);
});

test("there are at most 200 proxies", async () => {
  const have = await getDb().$count(proxies);
  const copy = await readProxy((await addProxy()).id);
  const more = Array.from({ length: 199 - have }, () => ({ ...copy, id: randomUUID(), name: randomUUID() }));
  await getDb().insert(proxies).values(more);
  await expect(addProxy()).rejects.toMatchObject({ code: "conflict" });
});
