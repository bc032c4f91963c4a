import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { testStaged } from "#lib/delivery/connection-check/test-staged.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { adoptDestinations } from "#lib/delivery/transport-edits/adopt-destinations.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { changeDestination } from "#lib/oauth/credential-edits/rebind.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import { credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { stageSecret } from "#lib/oauth/rotation/stage-secret.ts";
import { beginSignIn } from "#lib/oauth/sign-in/begin-sign-in.ts";
import { getToken } from "#lib/oauth/tokens/get-token.ts";
import { credentialAad } from "#lib/platform/crypto/aad.ts";
import { setBindingStage } from "#lib/platform/crypto/binding.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { makeClientCertificate } from "#sandbox/certificates.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, readRow, setUpSandbox, store, subjectOf, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen, makeCertificates, startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { genericProfile } from "#scripts/test-sign-in.ts";
import { hashRoute, sealApproval } from "../route.ts";
import { transportInput } from "../schema.ts";

// Somebody can write to the database, but doesn't have the encryption keys. Each test is a way to have a secret sent elsewhere.

setUpTestDatabase();
const sandbox = setUpSandbox();
let service: Listening;
let attacker: Listening;
let proxy: TestProxy;
let nodeId: string;
let trustedCa: string;
const stolen: string[] = [];
let served = 0;

const why = expect.stringContaining("changed outside Sallyport");

beforeAll(async () => {
  service = await listen((_, response) => {
    served++;
    response.end("{}");
  });
  attacker = await listen((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      stolen.push(`${request.method} ${request.headers.authorization ?? ""} ${body}`);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ access_token: "t", token_type: "Bearer", expires_in: 3600 }));
    });
  });
  proxy = await startProxy();
  trustedCa = (await makeCertificates()).ca;
  nodeId = await insertNode("Plant");
});
beforeEach(() => {
  stolen.length = 0;
  proxy.asked.length = 0;
  served = 0;
});
afterAll(() => Promise.all([service?.close(), attacker?.close(), proxy?.close()]));

const urlOf = ({ port }: Listening, path = "/") => `http://127.0.0.1:${port}${path}`;
const hostOf = ({ port }: Listening) => `http://127.0.0.1:${port}`;
const manual = () => ({ mode: "manual" as const, url: `http://127.0.0.1:${proxy.port}`, username: "", bypass: [] });

/** Writes to a row as an attacker would, and has every process read it again. */
async function write<T extends typeof credentials | typeof transports>(
  table: T,
  id: string,
  values: Partial<T["$inferInsert"]>,
) {
  await inTransaction(async (tx) => {
    await tx
      .update(table as typeof credentials)
      .set(values as object)
      .where(eq(table.id, id));
    await bumpChanges(tx);
  });
}

const addCredential = (overrides = {}) =>
  store(genericInput(sandbox.current, { allowedHosts: [hostOf(service)], ...overrides }));
const addTransport = (changes: Record<string, unknown>) =>
  createTransport(
    tester,
    transportInput.parse({ name: randomUUID(), nodeId, type: "HTTP", http: { url: urlOf(service) }, ...changes }),
  );
const withToken = (credentialId: string) => addTransport({ authorization: { kind: "credential", credentialId } });
const countRequests = async (clientId: string) =>
  (await sandbox.current.control.countTokenRequests({ clientId })).total;

/** What an admin sees of a credential whose row was changed. */
async function expectRefused(id: string, clientId: string) {
  const before = await countRequests(clientId);
  expect(await checkCredential(tester, id)).toMatchObject({ status: "action_needed", statusReason: why });
  expect(await readRow(id)).toMatchObject({
    status: "action_needed",
    errorCode: "secret_unreadable",
    statusReason: why,
  });
  expect(stolen).toEqual([]);
  expect(proxy.asked).toEqual([]);
  expect(await countRequests(clientId)).toBe(before);
}

test("without the binding, a changed endpoint would receive the secret", async () => {
  const { id } = await addCredential();
  await inTransaction((tx) => changeDestination(tx, id, { endpointUrl: urlOf(attacker, "/token") }));
  await checkCredential(tester, id);
  expect(stolen.join()).toContain(sandbox.current.clients.generic.clientSecret);
});

describe.each([
  ["endpoint_url", () => ({ endpointUrl: urlOf(attacker, "/token") })],
  ["the path in endpoint_url", () => ({ endpointUrl: `${sandbox.current.genericTokenEndpoint}/other` })],
  ["provider", () => ({ provider: "entra" as const })],
  ["proxy", () => ({ proxy: manual() })],
  ["allowed_hosts", () => ({ allowedHosts: [hostOf(attacker)] })],
  ["type", () => ({ type: "user" as const })],
] as const)("a credential whose %s was changed in the database", (_, change) => {
  test("sends its secret nowhere, and its status says why", async () => {
    const { id, clientId } = await addCredential();
    await write(credentials, id, change());
    await expectRefused(id, clientId);
  });
});

describe.each([
  ["discovery_url", () => ({ discoveryUrl: urlOf(attacker, "/.well-known/openid-configuration") })],
  ["issuer", () => ({ issuer: urlOf(attacker) })],
  ["authorization_url", () => ({ authorizationUrl: urlOf(attacker), jwksUrl: urlOf(attacker) })],
  ["allowed_tenants", () => ({ allowedTenants: ["*"] })],
  ["endpoint_url", () => ({ endpointUrl: urlOf(attacker, "/token") })],
] as const)("a User credential whose %s was changed in the database", (_, change) => {
  test("signs nobody in, and its event log and status say why", async () => {
    const { id, clientId } = await genericProfile(sandbox.current);
    await write(credentials, id, change());
    const begun = await beginSignIn({
      ...{ credentialId: id, nodeId: null, purpose: "sign_in" as const, mode: "redirect" as const, returnTo: "/" },
      ...{ session: null, browserSecret: null, selectAccount: false, address: "192.0.2.1" },
    });
    expect(begun).toMatchObject({ ok: false, refusal: { code: "unreadable" } });
    const [event] = await getDb()
      .select()
      .from(credentialEvents)
      .where(eq(credentialEvents.credentialId, id))
      .orderBy(desc(credentialEvents.id))
      .limit(1);
    expect(event).toMatchObject({
      kind: "sign_in",
      outcome: "failed",
      errorCode: "secret_unreadable",
      description: why,
    });
    await expectRefused(id, clientId);
    // Each issuer belongs to one credential.
    await getDb().delete(credentials).where(eq(credentials.id, id));
  });
});

test("an admin repairs a changed credential by entering the secret again", async () => {
  const { id, endpointUrl } = await addCredential();
  await write(credentials, id, { endpointUrl: urlOf(attacker, "/token") });
  const kept = updateCredential(tester, id, credentialUpdate.parse({ version: 1, endpointUrl }));
  await expect(kept).rejects.toMatchObject({ fields: [{ field: "clientSecret" }] });
  const { clientSecret } = sandbox.current.clients.generic;
  await updateCredential(tester, id, credentialUpdate.parse({ version: 1, endpointUrl, clientSecret }));
  expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
  expect(stolen).toEqual([]);
});

describe("a cached token", () => {
  test("isn't sent to a host that was added to allowed_hosts in the database", async () => {
    const { id, clientId } = await addCredential();
    const transport = await withToken(id);
    expect(await testTransport(tester, transport.id)).toMatchObject({ status: "succeeded" });
    await write(transports, transport.id, { http: { url: urlOf(attacker), method: "GET", headers: [] } });
    await write(credentials, id, { allowedHosts: [hostOf(service), hostOf(attacker)] });
    const run = await testTransport(tester, transport.id);
    expect(run).toMatchObject({ status: "failed", error: { code: "secret_unreadable", message: why } });
    await expectRefused(id, clientId);
  });

  test("isn't sent there from memory either", async () => {
    const { id } = await addCredential();
    const detail = await getCredential(tester, id);
    const transport = await withToken(id);
    await getToken(subjectOf(detail), { cause: "test" });
    // Without a sign that something changed: what is in memory stays, and this transport is read for the first time.
    await getDb()
      .update(credentials)
      .set({ allowedHosts: [hostOf(attacker)] })
      .where(eq(credentials.id, id));
    await getDb()
      .update(transports)
      .set({ http: { url: urlOf(attacker), method: "GET", headers: [] } })
      .where(eq(transports.id, transport.id));
    const run = await testTransport(tester, transport.id);
    expect(run).toMatchObject({ status: "failed", error: { code: "secret_unreadable", message: why } });
    expect(stolen).toEqual([]);
  });

  test("of another credential isn't taken for its own", async () => {
    const [one, other] = [await addCredential(), await addCredential({ allowedHosts: [hostOf(attacker)] })];
    await getToken(subjectOf(await getCredential(tester, one.id)), { cause: "test" });
    const [row] = await getDb().select().from(tokens).where(eq(tokens.credentialId, one.id));
    await getDb()
      .insert(tokens)
      .values({ ...row!, credentialId: other.id });
    const issued = await getToken(subjectOf(await getCredential(tester, other.id)), { cause: "test" });
    expect(issued.source).not.toBe("cache");
  });
});

test("an envelope that was moved to another credential doesn't open", async () => {
  const [one, other] = [await addCredential(), await addCredential({ clientSecret: "another" })];
  const { clientSecretEnvelope } = await readRow(one.id);
  await write(credentials, other.id, { clientSecretEnvelope });
  await expectRefused(other.id, other.clientId);
});

test("an envelope from before secrets were bound doesn't open when it's put back", async () => {
  const { id, clientId } = await addCredential();
  const row = await readRow(id);
  setBindingStage("unbound");
  const old = sealSecret(sandbox.current.clients.generic.clientSecret, credentialAad(row, "clientSecret"));
  expect(openSecret(old, credentialAad({ ...row, endpointUrl: urlOf(attacker) }, "clientSecret"))).toBeTruthy();
  setBindingStage("bound");
  await write(credentials, id, { clientSecretEnvelope: old, endpointUrl: urlOf(attacker, "/token") });
  await expectRefused(id, clientId);
  // Nor as one that is bound.
  await write(credentials, id, { clientSecretEnvelope: old.replace(/^v1/, "v2") });
  await expectRefused(id, clientId);
});

test("a staged secret isn't tested at a server that was entered in the database", async () => {
  const { id } = await addCredential();
  await stageSecret(tester, id, { clientSecret: "canary-next" });
  await write(credentials, id, { endpointUrl: urlOf(attacker, "/token") });
  await expect(testStaged(tester, id)).rejects.toMatchObject({ code: "secret_unreadable", message: why });
  await getDb()
    .update(credentialSecrets)
    .set({ boundTo: hostOf(attacker) });
  await expect(testStaged(tester, id)).rejects.toMatchObject({ code: "secret_unreadable", message: why });
  expect(stolen).toEqual([]);
});

const basic = { authorization: { kind: "basic", username: "erp", password: "canary-password" } };

describe.each([
  ["http.url", () => ({ http: { url: urlOf(attacker), method: "GET" as const, headers: [] } })],
  ["proxy", () => ({ proxy: manual() })],
  ["trusted_ca", () => ({ trustedCa })],
] as const)("a transport whose %s was changed in the database", (_, change) => {
  test("sends no password", async () => {
    const { id } = await addTransport(basic);
    expect(await testTransport(tester, id)).toMatchObject({ status: "succeeded" });
    served = 0;
    // Even if an admin has approved that route.
    const [row] = await getDb().select().from(transports).where(eq(transports.id, id));
    const approval = sealApproval(id, { hash: hashRoute({ ...row!, ...change() }), by: "Anna", at: "" });
    await write(transports, id, { ...change(), ...approval });
    const run = await testTransport(tester, id);
    expect(run).toMatchObject({ status: "failed", error: { code: "secret_unreadable", message: why } });
    expect([stolen, proxy.asked, served]).toEqual([[], [], 0]);
  });
});

describe("the approval of a route", () => {
  test.each([
    ["with the right hash", (hash: string) => hash],
    ["that an upgrade would complete", () => null],
  ])("that was written into the database %s is none", async (_, hashOf) => {
    const transport = await withToken((await addCredential()).id);
    const [row] = await getDb().select().from(transports).where(eq(transports.id, transport.id));
    const hash = hashOf(hashRoute({ ...row!, proxy: manual() }));
    await write(transports, transport.id, { proxy: manual(), routeApproval: { hash, by: "Eve", at: "" } });
    await adoptDestinations();
    expect(await testTransport(tester, transport.id)).toMatchObject({ error: { code: "route_not_approved" } });
    expect([proxy.asked, served]).toEqual([[], 0]);
  });

  test("of another transport is none", async () => {
    const { id: credentialId } = await addCredential();
    const authorization = { kind: "credential", credentialId };
    const approved = await addTransport({ authorization, proxy: manual() });
    expect(await testTransport(tester, approved.id)).toMatchObject({ status: "succeeded" });
    proxy.asked.length = 0;
    const other = await withToken(credentialId);
    const [row] = await getDb().select().from(transports).where(eq(transports.id, approved.id));
    const { routeApproval, routeApprovalEnvelope } = row!;
    await write(transports, other.id, { proxy: row!.proxy, routeApproval, routeApprovalEnvelope });
    expect(await testTransport(tester, other.id)).toMatchObject({ error: { code: "route_not_approved" } });
    expect(proxy.asked).toEqual([]);
  });
});

test("the password of a proxy goes to no other proxy", async () => {
  const { id } = await addTransport({ proxy: { ...manual(), username: "plant", password: "canary-proxy" } });
  await write(transports, id, { proxy: { ...manual(), username: "plant", url: urlOf(attacker) } });
  const run = await testTransport(tester, id);
  expect(run).toMatchObject({ status: "failed", error: { code: "secret_unreadable", message: why } });
  expect(stolen).toEqual([]);
});

test("a client certificate is shown to no other server", async () => {
  const { key, cert } = await makeClientCertificate("plant", null);
  const http = { url: "https://127.0.0.1:9/" };
  const { id } = await addTransport({ http, clientCertificate: { privateKey: key, certificate: cert } });
  await write(transports, id, { http: { url: urlOf(attacker), method: "GET", headers: [] } });
  const run = await testTransport(tester, id);
  expect(run).toMatchObject({ status: "failed", error: { code: "secret_unreadable", message: why } });
  expect(stolen).toEqual([]);
});
