import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { totpFactors } from "#drizzle/schema/totp-factors.ts";
import { type Loop, startTask } from "#lib/platform/background/task.ts";
import { totpAad } from "#lib/platform/crypto/aad.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import { watchChanges } from "#lib/platform/db/changes.ts";
import { getDb, getPool } from "#lib/platform/db/client.ts";
import { insertSession, serveTestPortal } from "#scripts/test-portal.ts";
import { allEndpoints } from "./endpoints.ts";

// The examples of the interface that other programs rely on, posted as they stand there and read back field by field.
// Hosts and secrets are the sandbox's, so that tokens are issued and requests arrive.

const { api, sandbox } = serveTestPortal();
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let nodeId = "";
let credential: Record<string, unknown> & { id: string; version: number };
let transport: Record<string, unknown> & { id: string; version: number };
let trigger: Record<string, unknown> & { id: string; version: number };

function credentialExample() {
  const { ordersApi } = sandbox().clients;
  return {
    name: "Orders API",
    type: "application",
    provider: "entra",
    endpointUrl: sandbox().tokenEndpoint,
    clientId: ordersApi.clientId,
    clientSecret: ordersApi.clientSecret,
    clientAuthentication: "client_secret_post",
    scope: "api://orders/.default",
    refreshIntervalSeconds: 1800,
    proxy: { mode: "none" },
    allowedHosts: [new URL(sandbox().serviceUrl).host],
    tokenParameters: { audience: "api://orders" },
  };
}

// As in the portal's own process: what is cached is used until a change.
let watching: Loop;
beforeAll(() => {
  watching = startTask(watchChanges);
});
afterAll(() => watching.stop());

beforeAll(async () => {
  const node = await api.call("POST", "/nodes", { body: { name: "Plant 7", parentId: null } });
  expect(node.status).toBe(201);
  nodeId = node.json.id;
});

describe("nodes", () => {
  test("are created, listed, read, renamed and deleted", async () => {
    const child = await api.call("POST", "/nodes", { body: { name: "Gateway", parentId: nodeId } });
    expect(child.json).toMatchObject({ name: "Gateway", parentId: nodeId, version: 1 });
    expect((await api.call("GET", `/nodes/${child.json.id}`)).json).toEqual(child.json);
    const list = await api.call("GET", `/nodes?within=${nodeId}`);
    expect(list.json.items.map((item: { name: string }) => item.name)).toEqual(["Gateway", "Plant 7"]);
    const renamed = await api.call("PATCH", `/nodes/${child.json.id}`, { body: { version: 1, name: "Gateway 1" } });
    expect(renamed.json).toMatchObject({ name: "Gateway 1", version: 2 });
    expect((await api.call("DELETE", `/nodes/${child.json.id}`)).status).toBe(204);
    expect((await api.call("GET", `/nodes/${child.json.id}`)).status).toBe(404);
  });

  test("of the same name under the same parent are refused with 409", async () => {
    const { status, json } = await api.call("POST", "/nodes", { body: { name: "Plant 7", parentId: null } });
    expect([status, json.code, json.errors[0].field]).toEqual([409, "name_taken", "name"]);
  });
});

describe("credentials", () => {
  test("an Application credential is created, asks for a token at once and is read back without its secret", async () => {
    const created = await api.call("POST", "/credentials", { body: credentialExample() });
    expect([created.status, created.json.statusReason, created.json.status]).toEqual([
      201,
      expect.any(String),
      "active",
    ]);
    expect(created.headers.get("location")).toBe(`/api/v1/credentials/${created.json.id}`);
    const read = await api.call("GET", `/credentials/${created.json.id}`);
    credential = read.json;
    const { clientSecret, ...readable } = credentialExample();
    const tokenParameters = [{ name: "audience", value: "api://orders" }];
    expect(credential).toMatchObject({ ...readable, tokenParameters });
    expect(credential).toMatchObject({
      id: expect.stringMatching(uuid),
      version: expect.any(Number),
      grantType: "client_credentials",
      status: "active",
      statusReason: expect.any(String),
      errorCode: null,
      lastCheckedAt: expect.stringMatching(instant),
      nextCheckAt: expect.stringMatching(instant),
      tokenExpiresAt: expect.stringMatching(instant),
      clientSecretSetAt: expect.stringMatching(instant),
      usedBy: [],
    });
    expect(read.text).not.toContain(clientSecret);
    expect(credential).not.toHaveProperty("clientSecret");
  });

  test("keep a manual proxy with its bypass list, and of its password only when it was set", async () => {
    const proxy = {
      mode: "manual",
      url: "http://proxy.internal:3128",
      username: "portal",
      bypass: ["localhost", "*.internal"],
    };
    const body = { ...credentialExample(), name: "Behind a proxy", proxy: { ...proxy, password: "proxy-password" } };
    const { json, text, status } = await api.call("POST", "/credentials", { body });
    expect(status).toBe(201);
    expect(json.proxy).toEqual({ ...proxy, passwordSetAt: expect.stringMatching(instant) });
    expect(text).not.toContain("proxy-password");
    await api.call("DELETE", `/credentials/${json.id}`);
  });

  test("are stored as the example has them, and say that the proxy is not known", async () => {
    const example = {
      name: "Orders API as documented",
      type: "application",
      endpointUrl: "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token",
      clientId: "…",
      clientSecret: "…",
      clientAuthentication: "client_secret_post",
      scope: "api://orders/.default",
      refreshIntervalSeconds: 1800,
      proxy: { mode: "manual", url: "http://proxy:3128", username: "…", password: "…", bypass: ["*.internal"] },
      allowedHosts: ["orders.example.com"],
      tokenParameters: { audience: "…" },
    };
    const { json, status } = await api.call("POST", "/credentials", { body: example });
    const { clientSecret: _, proxy, ...readable } = example;
    expect([status, json.provider, json.grantType]).toEqual([201, "entra", "client_credentials"]);
    expect(json).toMatchObject({
      ...readable,
      tokenParameters: [{ name: "audience", value: "…" }],
      proxy: { mode: "manual", url: proxy.url, bypass: proxy.bypass },
    });
    expect(["degraded", "action_needed"]).toContain(json.status);
    await api.call("DELETE", `/credentials/${json.id}`);
  });

  test("of type User at another provider take its URLs one by one", async () => {
    const user = {
      name: "Another provider",
      type: "user",
      endpointUrl: "https://id.example.com/token",
      authorizationUrl: "https://id.example.com/authorize",
      jwksUrl: "https://id.example.com/jwks",
      issuer: "https://id.example.com",
      clientId: "portal",
      clientSecret: "…",
      scope: "openid",
      jwtUsernameKey: "sub",
      jwtRolesKey: "groups",
      mfa: "required",
    };
    const { json, status, text } = await api.call("POST", "/credentials", { body: user });
    expect(status, text).toBe(201);
    const { clientSecret: _, ...readable } = user;
    expect(json).toMatchObject({ ...readable, provider: "generic" });
    await api.call("DELETE", `/credentials/${json.id}`);
  });

  test("of type User are stored with their claims and role mapping", async () => {
    const { workbench } = sandbox().clients;
    const user = {
      name: "Workbench sign-in",
      type: "user",
      provider: "entra",
      endpointUrl: sandbox().tokenEndpoint,
      clientId: workbench.clientId,
      clientSecret: workbench.clientSecret,
      scope: "openid profile",
      jwtUsernameKey: "preferred_username",
      jwtRolesKey: "roles",
      roleMapping: [{ claimValue: "Plant7.Operators", role: "operator", nodeId: null }],
      mfa: "none",
    };
    const { json, status } = await api.call("POST", "/credentials", { body: user });
    const { clientSecret: _, ...readable } = user;
    expect(status).toBe(201);
    expect(json).toMatchObject({ ...readable, grantType: "authorization_code" });
    await api.call("DELETE", `/credentials/${json.id}`);
  });

  test("that are wrong are created too, and say why they don't work", async () => {
    const body = { ...credentialExample(), name: "Wrong secret", clientSecret: "not-the-secret" };
    const { json, status } = await api.call("POST", "/credentials", { body });
    expect([status, json.status, json.statusField, json.providerCode]).toEqual([
      201,
      "action_needed",
      "clientSecret",
      "invalid_client",
    ]);
    expect(json.errorCode).toEqual(expect.any(String));
    await api.call("DELETE", `/credentials/${json.id}`);
  });

  test("have their secret replaced in two slots: staged, tested, promoted, rolled back", async () => {
    const { json: rotated } = await api.call("POST", "/credentials", {
      body: { ...credentialExample(), name: "Rotated", secretExpiresOn: "2090-01-31" },
    });
    const path = `/credentials/${rotated.id}/rotation`;
    const { clientSecret } = credentialExample();
    expect((await api.call("GET", path)).json).toEqual({ version: 1, staged: null, previous: null });
    const invalid = await api.call("POST", `${path}/stage`, { body: { privateKey: "no key" } });
    expect([invalid.status, invalid.json.errors[0].field]).toEqual([422, "privateKey"]);
    const staged = await api.call("POST", `${path}/stage`, { body: { clientSecret, secretExpiresOn: "2091-01-31" } });
    expect([staged.status, staged.json]).toMatchObject([
      200,
      { version: 1, staged: { secretExpiresOn: "2091-01-31", unusable: null, test: null }, previous: null },
    ]);
    const stagedId = staged.json.staged.id;
    const again = await api.call("POST", `${path}/stage`, { body: { clientSecret } });
    expect([again.status, again.json.code]).toEqual([409, "conflict"]);
    expect((await api.call("GET", `/credentials/${rotated.id}`)).json).toEqual(rotated);

    const early = await api.call("POST", `${path}/promote`, { body: { version: 1, stagedId } });
    expect([early.status, early.json.code, early.json.test]).toEqual([409, "conflict", "none"]);
    const test = await api.call("POST", `${path}/test`);
    expect([test.status, test.json]).toMatchObject([200, { passed: true, field: null, outdated: false }]);
    expect(test.json.steps.length).toBeGreaterThan(5);
    expect((await api.call("GET", path)).json.staged.test).toEqual(test.json);
    expect((await api.call("GET", `/credentials/${rotated.id}/events?limit=1`)).json.items).toMatchObject([
      { kind: "staged_check", outcome: "succeeded" },
    ]);
    const stale = await api.call("POST", `${path}/promote`, { body: { version: 7, stagedId } });
    expect([stale.status, stale.json.code]).toEqual([409, "stale_version"]);
    const promoted = await api.call("POST", `${path}/promote`, { body: { version: 1, stagedId } });
    expect([promoted.status, promoted.json]).toMatchObject([
      200,
      { version: 2, status: "active", secretExpiresOn: "2091-01-31", tokenExpiresAt: rotated.tokenExpiresAt },
    ]);

    const kept = await api.call("GET", path);
    expect(kept.json).toMatchObject({ version: 2, staged: null, previous: { secretExpiresOn: "2090-01-31" } });
    const body = { version: 2, previousId: kept.json.previous.id };
    const back = await api.call("POST", `${path}/roll-back`, { body });
    expect([back.status, back.json]).toMatchObject([
      200,
      { version: 3, status: "active", secretExpiresOn: "2090-01-31" },
    ]);
    expect((await api.call("POST", `${path}/roll-back`, { body })).json.code).toBe("stale_version");
    const other = "01890a5d-ac96-774b-bcce-b302099a8057";
    expect((await api.call("DELETE", `${path}/previous?secretId=${other}`)).json.code).toBe("conflict");
    expect((await api.call("DELETE", `${path}/previous`)).status).toBe(204);
    await api.call("POST", `${path}/stage`, { body: { clientSecret } });
    expect((await api.call("DELETE", `${path}/staged`)).status).toBe(204);
    expect((await api.call("DELETE", `${path}/staged`)).json.code).toBe("conflict");
    for (const answer of [staged, test, kept, back]) expect(answer.text).not.toContain(clientSecret);
    await api.call("DELETE", `/credentials/${rotated.id}`);
  });

  test("with bad input are refused with 422 and their fields", async () => {
    const body = { ...credentialExample(), name: "", endpointUrl: "ftp://x", refreshIntervalSeconds: 0 };
    const { json, status } = await api.call("POST", "/credentials", { body });
    expect([status, json.code]).toEqual([422, "invalid_input"]);
    const fields = json.errors.map((error: { field: string }) => error.field);
    expect(fields).toEqual(expect.arrayContaining(["name", "endpointUrl", "refreshIntervalSeconds"]));
  });

  test("are checked step by step", async () => {
    const { json, status } = await api.call("POST", `/credentials/${credential.id}/check`);
    expect([status, json.status]).toEqual([200, "active"]);
    expect(json.steps.length).toBeGreaterThan(2);
    for (const step of json.steps) expect(step).toMatchObject({ step: expect.any(String), detail: expect.any(String) });
  });

  test("are checked before they are saved, and nothing is stored", async () => {
    const { name: _, ...draft } = credentialExample();
    const { json, status } = await api.call("POST", "/credentials/check", { body: draft });
    expect([status, json.status]).toEqual([200, "active"]);
    for (const { step, verdict, detail } of json.steps) expect([step, verdict, detail]).not.toContain(undefined);
    const edit = { id: credential.id, clientSecret: "not-the-secret" };
    const wrong = await api.call("POST", "/credentials/check", { body: edit });
    expect([wrong.json.status, wrong.json.statusField]).toEqual(["action_needed", "clientSecret"]);
    expect((await api.call("GET", `/credentials/${credential.id}`)).json.status).toBe("active");
    const bad = await api.call("POST", "/credentials/check", { body: { type: "application" } });
    expect([bad.status, bad.json.code]).toEqual([422, "invalid_input"]);
  });

  test("have an event log", async () => {
    const { json } = await api.call("GET", `/credentials/${credential.id}/events?limit=1`);
    expect(json.items[0]).toMatchObject({
      kind: "check",
      outcome: "succeeded",
      cause: expect.stringContaining("API key"),
    });
    expect(json.nextCursor).toEqual(expect.any(String));
    const next = await api.call("GET", `/credentials/${credential.id}/events?cursor=${json.nextCursor}`);
    expect(next.json.items[0].id).not.toBe(json.items[0].id);
  });

  test("are changed with their version; a stale one is refused with what changed", async () => {
    const { version } = (await api.call("GET", `/credentials/${credential.id}`)).json;
    const changed = await api.call("PATCH", `/credentials/${credential.id}`, { body: { version, owner: "Anna" } });
    expect(changed.json).toMatchObject({
      owner: "Anna",
      version: version + 1,
      clientSecretSetAt: credential.clientSecretSetAt,
    });
    const stale = await api.call("PATCH", `/credentials/${credential.id}`, { body: { version, notes: "late" } });
    expect([stale.status, stale.json.code, stale.json.changed]).toEqual([409, "stale_version", ["owner"]]);
    expect(stale.json.current).toMatchObject({ owner: "Anna", version: version + 1 });
  });

  test("may be sent back as they were read, with a change", async () => {
    const { json } = await api.call("GET", `/credentials/${credential.id}`);
    const saved = await api.call("PATCH", `/credentials/${credential.id}`, {
      body: { ...json, notes: "read and sent back" },
    });
    expect([saved.status, saved.json.notes, saved.json.status]).toEqual([200, "read and sent back", "active"]);
  });

  test("are disabled and enabled by a change too", async () => {
    const { version } = (await api.call("GET", `/credentials/${credential.id}`)).json;
    const disabled = await api.call("PATCH", `/credentials/${credential.id}`, { body: { version, enabled: false } });
    expect([disabled.status, disabled.json.status, disabled.json.enabled]).toEqual([200, "disabled", false]);
    const body = { version: disabled.json.version, enabled: true };
    const enabled = await api.call("PATCH", `/credentials/${credential.id}`, { body });
    expect([enabled.status, enabled.json.status, enabled.json.enabled]).toEqual([200, "active", true]);
  });

  test("are listed with filters and pages", async () => {
    const list = await api.call("GET", "/credentials?q=orders&type=application&status=active&sort=-name&limit=1");
    expect(list.json.items).toMatchObject([{ id: credential.id, usedBy: 0 }]);
    expect(list.json.nextCursor).toBeNull();
    const assignable = await api.call("GET", "/assignable-credentials?type=application");
    expect(assignable.json.items).toMatchObject([{ id: credential.id, status: "active" }]);
  });
});

describe("proxies and certificate authorities", () => {
  const pem = readFileSync("lib/platform/certificates/fixtures/p256.pem", "utf8");
  test.each([
    {
      path: "/proxies",
      body: { name: "Plant proxy", url: "http://proxy.example.com:3128", username: "portal", bypass: ["*.internal"] },
      secret: { password: "proxy-password" },
      change: { bypass: [] },
      selection: (proxyId: string) => ({ proxy: { mode: "named", proxyId } }),
      shown: { proxy: { proxyName: "Plant proxy" } },
    },
    {
      path: "/certificate-authorities",
      body: { name: "Plant CA", certificates: pem.trim() },
      secret: {},
      change: { name: "Plant CA 2" },
      selection: (trustedCaId: string) => ({ trustedCaId }),
      shown: { trustedCaName: "Plant CA 2" },
    },
  ])("$path: created, changed, selected, listed, and deleted once unused", async (kind) => {
    const { path, body, secret, change, selection, shown } = kind;
    const created = await api.call("POST", path, { body: { ...body, ...secret } });
    expect([created.status, created.text]).toEqual([201, expect.not.stringContaining("proxy-password")]);
    const { id } = created.json;
    expect(created.json).toMatchObject({ ...body, id: expect.stringMatching(uuid), version: 1, usedBy: [] });
    expect((await api.call("GET", `${path}/${id}`)).json).toEqual(created.json);
    const taken = await api.call("POST", path, { body });
    expect([taken.status, taken.json.code]).toEqual([409, "name_taken"]);
    const changed = await api.call("PATCH", `${path}/${id}`, { body: { version: 1, ...change } });
    expect([changed.status, changed.json]).toEqual([200, expect.objectContaining({ ...change, version: 2 })]);
    const stale = await api.call("PATCH", `${path}/${id}`, { body: { version: 1, name: "late" } });
    expect([stale.status, stale.json.code]).toEqual([409, "stale_version"]);
    const again = await api.call("PATCH", `${path}/${id}`, { body: changed.json });
    expect([again.status, again.json.version]).toEqual([200, 3]);

    const http = { url: "https://orders.example.com/" };
    const transport = { name: `Over ${path}`, nodeId, type: "HTTP", http, ...selection(id) };
    const user = await api.call("POST", "/transports", { body: transport });
    expect(user.status, user.text).toBe(201);
    expect(user.json).toMatchObject({ ...selection(id), ...shown });
    const list = await api.call("GET", `${path}?q=plant`);
    expect(list.json).toMatchObject({ items: [{ id, usedBy: 1 }], nextCursor: null });
    const refused = await api.call("DELETE", `${path}/${id}`);
    expect([refused.status, refused.json]).toEqual([
      409,
      expect.objectContaining({
        code: "in_use",
        usedElsewhere: 0,
        usedBy: [expect.objectContaining({ id: user.json.id })],
      }),
    ]);
    expect((await api.call("DELETE", `/transports/${user.json.id}`)).status).toBe(204);
    expect((await api.call("DELETE", `${path}/${id}`)).status).toBe(204);
    expect((await api.call("GET", `${path}/${id}`)).status).toBe(404);
  });
});

describe("transports", () => {
  test("of type HTTP are created as in the example and read back", async () => {
    const body = {
      name: "Orders",
      nodeId,
      type: "HTTP",
      http: { url: sandbox().serviceUrl, method: "POST", headers: [{ name: "X-Site", value: "7" }] },
      authorization: { kind: "credential", credentialId: credential.id },
      timeoutMs: 10_000,
    };
    const created = await api.call("POST", "/transports", { body });
    expect(created.status).toBe(201);
    transport = (await api.call("GET", `/transports/${created.json.id}`)).json;
    expect(transport).toMatchObject({ ...body, id: expect.stringMatching(uuid), version: 1, soap: null, usedBy: [] });
    const used = (await api.call("GET", `/credentials/${credential.id}`)).json.usedBy;
    expect(used).toMatchObject([{ kind: "transport", id: transport.id, name: "Orders" }]);
  });

  test("of type WS_SOAP with Basic are created as in the example; the password is not read back", async () => {
    const body = {
      name: "Stock",
      nodeId,
      type: "WS_SOAP",
      soap: { wsdlUrl: "https://erp.example.com/stock?wsdl", service: "Stock", port: "StockSoap12" },
      authorization: { kind: "basic", username: "erp", password: "basic-password" },
    };
    const created = await api.call("POST", "/transports", { body });
    expect(created.status).toBe(201);
    const { json, text } = await api.call("GET", `/transports/${created.json.id}`);
    expect(json).toMatchObject({ type: "WS_SOAP", soap: body.soap, http: null });
    expect(json.authorization).toEqual({
      kind: "basic",
      username: "erp",
      passwordSetAt: expect.stringMatching(instant),
    });
    expect(text).not.toContain("basic-password");
    expect((await api.call("DELETE", `/transports/${json.id}`)).status).toBe(204);
  });

  test("of type WS_SOAP read their WSDL with the token, tell what it offers, and run", async () => {
    const wsdlUrl = `${sandbox().serviceUrl}/soap/guarded/stock?wsdl`;
    const authorization = { kind: "credential", credentialId: credential.id };
    const preview = await api.call("POST", "/transports/preview-wsdl", {
      body: { nodeId, soap: { wsdlUrl }, authorization },
    });
    expect(preview.status).toBe(200);
    expect(preview.json.services[0].ports.map(({ name }: { name: string }) => name)).toEqual([
      "StockSoap",
      "StockSoap12",
    ]);
    const soap = { wsdlUrl, service: "Stock", port: "StockSoap12" };
    const body = { name: "Stock", nodeId, type: "WS_SOAP", soap, authorization };
    const { json: stock } = await api.call("POST", "/transports", { body });
    expect(stock).toMatchObject({ soap, wsdl: { hash: preview.json.hash, failure: null, soapVersion: "1.2" } });
    const operations = await api.call("GET", `/transports/${stock.id}/operations`);
    expect(operations.json).toEqual({ service: "Stock", port: "StockSoap12", services: preview.json.services });
    const described = await api.call("GET", `/transports/${stock.id}/operation?operation=GetStock`);
    expect(described.json).toMatchObject({ name: "GetStock", style: "document", exampleArguments: { site: "" } });
    expect((await api.call("GET", `/transports/${stock.id}/operation?operation=Nothing`)).status).toBe(404);
    const reloaded = await api.call("POST", `/transports/${stock.id}/reload-wsdl`, { body: {} });
    expect(reloaded.json).toMatchObject({ changed: false, applied: true, changes: [], brokenTriggers: [] });
    const request = { operation: "GetStock", arguments: { site: "{{variables.site}}", item: "AB-1234" } };
    const call = { name: "Read stock", nodeId, transportId: stock.id, request };
    const made = await api.call("POST", "/triggers", { body: call });
    expect(made.json).toMatchObject({ request, variables: ["site"] });
    const run = await api.call("POST", `/triggers/${made.json.id}/run`, { body: { variables: { site: "Plant 7" } } });
    expect(run.json).toMatchObject({ status: "succeeded", soap: { operation: "GetStock", json: { quantity: 100 } } });
    expect((await api.call("DELETE", `/triggers/${made.json.id}`)).status).toBe(204);
    expect((await api.call("DELETE", `/transports/${stock.id}`)).status).toBe(204);
  });

  test("that would send a token to a host that is not allowed are refused", async () => {
    const body = {
      name: "Elsewhere",
      nodeId,
      type: "HTTP",
      http: { url: "https://elsewhere.example.com" },
      authorization: { kind: "credential", credentialId: credential.id },
    };
    const { json, status } = await api.call("POST", "/transports", { body });
    expect(status).toBe(422);
    expect(["invalid_input", "host_not_allowed"]).toContain(json.code);
    expect(json.errors.length).toBeGreaterThan(0);
  });

  test("of a credential without hosts add theirs with an admin's key, and the audit log lists them", async () => {
    const { allowedHosts: _, ...input } = { ...credentialExample(), name: "Orders without hosts" };
    const made = await api.call("POST", "/credentials", { body: input });
    expect(made.json).toMatchObject({ allowedHosts: [], version: 1 });
    const body = {
      name: "Orders without hosts",
      nodeId,
      type: "HTTP",
      http: { url: `${sandbox().serviceUrl}/orders`, method: "POST" },
      authorization: { kind: "credential", credentialId: made.json.id },
    };
    const created = await api.call("POST", "/transports", { body });
    expect(created.status).toBe(201);
    const changed = await api.call("PATCH", `/credentials/${made.json.id}`, { body: { version: 1, notes: "x" } });
    const { host } = new URL(sandbox().serviceUrl);
    expect(changed.json).toMatchObject({ allowedHosts: [host], version: 2 });
    const audit = await api.call("GET", "/audit?action=credential.allow-hosts");
    expect(audit.json.items).toMatchObject([{ target: { id: made.json.id }, after: { allowedHosts: [host] } }]);
    expect((await api.call("DELETE", `/transports/${created.json.id}`)).status).toBe(204);
    expect((await api.call("DELETE", `/credentials/${made.json.id}`)).status).toBe(204);
  });

  test("are listed, changed and tested", async () => {
    const list = await api.call("GET", `/transports?nodeId=${nodeId}&type=HTTP&credentialId=${credential.id}`);
    expect(list.json.items).toMatchObject([{ id: transport.id, usedBy: 0 }]);
    const changed = await api.call("PATCH", `/transports/${transport.id}`, {
      body: { version: 1, notes: "Shop floor" },
    });
    expect(changed.json).toMatchObject({ notes: "Shop floor", version: 2 });
    const { json, status } = await api.call("POST", `/transports/${transport.id}/test`, {
      body: { path: "/orders", method: "GET" },
    });
    expect([status, json.status, json.event, json.response.status]).toEqual([200, "succeeded", "test", 200]);
  });

  test("keep their credential from being deleted", async () => {
    const { status, json } = await api.call("DELETE", `/credentials/${credential.id}`);
    expect([status, json.code]).toEqual([409, "in_use"]);
    expect(json.usedBy).toMatchObject([{ kind: "transport", id: transport.id, name: "Orders", nodeId }]);
  });

  test("get another credential, all at once, after what that touches was read", async () => {
    const body = { ...credentialExample(), name: "Orders of tomorrow" };
    const next = await api.call("POST", "/credentials", { body });
    const touched = await api.call("GET", `/credentials/${credential.id}/blast-radius`);
    expect(touched.json.counts).toEqual({ transports: 1, triggers: 0, sessions: 0 });
    const moved = { transports: [{ id: transport.id, name: "Orders" }] };
    const there = await api.call("POST", `/credentials/${credential.id}/reassign`, {
      body: { credentialId: next.json.id },
    });
    expect(there.json).toEqual(moved);
    const back = await api.call("POST", `/credentials/${next.json.id}/reassign`, {
      body: { credentialId: credential.id },
    });
    expect(back.json).toEqual(moved);
    expect((await api.call("DELETE", `/credentials/${next.json.id}`)).status).toBe(204);
  });
});

describe("triggers", () => {
  test("are created as in the example and read back", async () => {
    const body = {
      name: "Send order",
      nodeId,
      transportId: transport.id,
      enabled: true,
      event: { kind: "on_demand" },
      request: { path: "/orders", query: { a: "1" }, headers: [], body: '{"id":"{{variables.id}}"}' },
      maxInProgress: 0,
      queueSize: 0,
      maxExecutionMs: 60_000,
    };
    const created = await api.call("POST", "/triggers", { body });
    expect(created.status).toBe(201);
    trigger = (await api.call("GET", `/triggers/${created.json.id}`)).json;
    expect(trigger).toMatchObject({
      ...body,
      request: { ...body.request, query: [{ name: "a", value: "1" }] },
      id: expect.stringMatching(uuid),
      version: 1,
      variables: ["id"],
      lastRun: null,
    });
  });

  test("keep their transport from being deleted, and the transport its node", async () => {
    const { status, json } = await api.call("DELETE", `/transports/${transport.id}`);
    expect([status, json.code]).toEqual([409, "in_use"]);
    expect(json.usedBy).toMatchObject([{ kind: "trigger", id: trigger.id }]);
    const touched = await api.call("GET", `/transports/${transport.id}/blast-radius`);
    expect(touched.json).toMatchObject({
      count: 1,
      triggers: [{ id: trigger.id, event: "on_demand", nextDueAt: null }],
    });
    const node = await api.call("DELETE", `/nodes/${nodeId}`);
    expect([node.status, node.json.code]).toEqual([409, "in_use"]);
  });

  test("are previewed without being saved", async () => {
    const body = { transportId: transport.id, request: { path: "/orders/{{variables.id}}" }, variables: { id: "a b" } };
    const { json, status } = await api.call("POST", "/triggers/preview", { body });
    expect([status, json.method, json.url]).toEqual([200, "POST", `${sandbox().serviceUrl}/orders/a%20b`]);
  });

  test("are run, and the finished run is answered and kept", async () => {
    const ran = await api.call("POST", `/triggers/${trigger.id}/run`, { body: { variables: { id: "4711" } } });
    expect([ran.status, ran.json.error, ran.json.status]).toEqual([200, null, "succeeded"]);
    expect(ran.json).toMatchObject({
      id: expect.stringMatching(uuid),
      triggerId: trigger.id,
      startedAt: expect.stringMatching(instant),
      durationMs: expect.any(Number),
      attempts: 1,
      token: {
        credentialId: credential.id,
        credentialVersion: expect.any(Number),
        source: expect.stringMatching(/^(cache|acquired|refreshed)$/),
        ageSeconds: expect.any(Number),
        expiresAt: expect.stringMatching(instant),
      },
      request: { method: "POST", url: `${sandbox().serviceUrl}/orders?a=1`, headers: expect.any(Array) },
      response: { status: 201, headers: expect.any(Array), body: expect.stringContaining("number") },
    });
    expect(ran.json.request.headers).toContainEqual({ name: "X-Site", value: "7" });
    const read = await api.call("GET", `/runs/${ran.json.id}`);
    expect(read.json).toEqual(ran.json);
    const again = await api.call("POST", `/triggers/${trigger.id}/run`, { body: { variables: { id: "4712" } } });
    expect(again.json.token.source).toBe("cache");
  });

  test("may be run without a body when they use no variables", async () => {
    const body = { name: "Ping", nodeId, transportId: transport.id, request: { path: "/orders", body: "{}" } };
    const ping = await api.call("POST", "/triggers", { body });
    const { status, json } = await api.call("POST", `/triggers/${ping.json.id}/run`);
    expect([status, json.status]).toEqual([200, "succeeded"]);
    expect((await api.call("DELETE", `/triggers/${ping.json.id}`)).status).toBe(204);
    expect((await api.call("GET", `/runs/${json.id}`)).json).toMatchObject({ triggerName: "Ping" });
  });

  test("that fail are answered with 200, the error and its hint", async () => {
    await sandbox().control.revokeTokens();
    await sandbox().control.changeClient({ clientId: sandbox().clients.ordersApi.clientId, clientSecret: "rotated" });
    const { status, json } = await api.call("POST", `/triggers/${trigger.id}/run`, {
      body: { variables: { id: "1" } },
    });
    await sandbox().control.reset();
    expect([status, json.status]).toEqual([200, "failed"]);
    expect(json.error).toMatchObject({
      code: "token_request_refused",
      message: expect.any(String),
      hint: expect.any(String),
      providerCode: "invalid_client",
    });
  });

  test("are changed and can be disabled", async () => {
    const { json } = await api.call("PATCH", `/triggers/${trigger.id}`, { body: { version: 1, enabled: false } });
    expect(json).toMatchObject({ enabled: false, version: 2 });
    const run = await api.call("POST", `/triggers/${trigger.id}/run`, { body: { variables: { id: "1" } } });
    expect([run.status, run.json.code]).toEqual([409, "trigger_disabled"]);
    const list = await api.call("GET", `/triggers?transportId=${transport.id}&enabled=false`);
    expect(list.json.items).toMatchObject([{ id: trigger.id, lastRun: { status: "failed" } }]);
  });
});

describe("runs", () => {
  test("are listed newest first, with filters and pages", async () => {
    const all = await api.call("GET", `/runs?triggerId=${trigger.id}&limit=2`);
    expect(all.json.items).toHaveLength(2);
    expect(all.json.items[0].startedAt >= all.json.items[1].startedAt).toBe(true);
    const rest = await api.call("GET", `/runs?triggerId=${trigger.id}&limit=2&cursor=${all.json.nextCursor}`);
    expect(rest.json.items.map((run: { id: string }) => run.id)).not.toContain(all.json.items[0].id);
    const failed = await api.call("GET", `/runs?status=failed&nodeId=${nodeId}&since=2020-01-01T00:00:00Z`);
    expect(failed.json.items).toMatchObject([{ status: "failed", error: { code: "token_request_refused" } }]);
  });
});

describe("events", () => {
  test("a schedule is read back with when it is due, and pauses", async () => {
    const event = { kind: "schedule", cron: "30 8 * * 1-5", timezone: "Europe/Berlin" };
    const body = { name: "Every morning", nodeId, transportId: transport.id, request: { path: "/orders" }, event };
    const made = await api.call("POST", "/triggers", { body });
    expect([made.status, made.json.event]).toEqual([201, { ...event, catchUp: "skip", paused: false }]);
    expect(made.json.schedule).toEqual({
      nextDueAt: expect.stringMatching(instant),
      lastDueAt: null,
      missed: 0,
      missedUntil: null,
    });
    const paused = { version: 1, event: { ...event, paused: true } };
    const after = await api.call("PATCH", `/triggers/${made.json.id}`, { body: paused });
    expect(after.json).toMatchObject({ event: { paused: true }, schedule: { nextDueAt: null }, webhookSecret: null });
    const wrong = await api.call("POST", "/triggers", { body: { ...body, event: { ...event, cron: "every day" } } });
    expect([wrong.status, wrong.json.errors[0].field]).toEqual([422, "event.cron"]);
    expect((await api.call("DELETE", `/triggers/${made.json.id}`)).status).toBe(204);
  });

  test("a webhook shows its secret when it is made and when it is made anew, and never again", async () => {
    const event = { kind: "webhook", slug: "orders-in" };
    const body = { name: "Orders in", nodeId, transportId: transport.id, request: { path: "/orders" }, event };
    const made = await api.call("POST", "/triggers", { body });
    expect(made.json).toMatchObject({
      event: { ...event, authentication: "signature", respond: "run" },
      webhook: { path: "/api/hooks/orders-in", secretSetAt: expect.stringMatching(instant), previousSecretUntil: null },
      webhookSecret: expect.stringMatching(/^whsec_/),
    });
    const rotated = await api.call("POST", `/triggers/${made.json.id}/rotate-secret`);
    expect(rotated.json.secret).toMatch(/^whsec_/);
    expect((await api.call("GET", `/triggers/${made.json.id}`)).text).not.toContain("whsec_");
    expect((await api.call("DELETE", `/triggers/${made.json.id}`)).status).toBe(204);
  });
});

describe("limits", () => {
  test("queue what does not fit, show it, and let it be cancelled; what does not fit in the queue is refused as a run", async () => {
    const body = { nodeId, transportId: transport.id, request: { path: "/orders" }, maxInProgress: 1, queueSize: 1 };
    const made = await api.call("POST", "/triggers", { body: { ...body, name: "Limited" } });
    expect(made.json).toMatchObject({ maxInProgress: 1, queueSize: 1, queued: 0, repeatInterrupted: false });
    await getPool().query(
      "insert into run_leases (run_id, trigger_id, until) values (gen_random_uuid(), $1, now() + interval '1 hour')",
      [made.json.id],
    );
    const queued = await api.call("POST", `/triggers/${made.json.id}/run`);
    expect(queued.json).toMatchObject({ status: "queued", attempts: 0, queuedAt: expect.any(String), response: null });
    const refused = await api.call("POST", `/triggers/${made.json.id}/run`);
    expect(refused.json).toMatchObject({ status: "failed", attempts: 0, error: { code: "queue_full" } });
    expect((await api.call("GET", `/triggers/${made.json.id}`)).json.queued).toBe(1);
    expect((await api.call("GET", `/runs?status=queued&triggerId=${made.json.id}`)).json.items).toHaveLength(1);
    const cancelled = await api.call("POST", `/runs/${queued.json.id}/cancel`);
    expect(cancelled.json).toMatchObject({ id: queued.json.id, status: "failed", error: { code: "run_cancelled" } });
    const twice = await api.call("POST", `/runs/${queued.json.id}/cancel`);
    expect([twice.status, twice.json.code]).toEqual([409, "conflict"]);
    expect((await api.call("DELETE", `/triggers/${made.json.id}`)).status).toBe(204);
  });
});

describe("a trigger that holds", () => {
  test("keeps a run that gets no token, shows it, and lets it be released", async () => {
    const wrong = { ...credentialExample(), name: "Wrong secret", clientSecret: "wrong" };
    const refused = (await api.call("POST", "/credentials", { body: wrong })).json;
    const sender = await api.call("POST", "/transports", {
      body: {
        ...{ name: "Without a token", nodeId, type: "HTTP", http: { url: sandbox().serviceUrl } },
        authorization: { kind: "credential", credentialId: refused.id },
      },
    });
    const body = { name: "Holds", nodeId, transportId: sender.json.id, request: {}, holdHours: 24 };
    const made = await api.call("POST", "/triggers", { body });
    expect(made.json).toMatchObject({ holdHours: 24, held: 0 });
    const held = await api.call("POST", `/triggers/${made.json.id}/run`);
    expect(held.status).toBe(200);
    expect(held.json).toMatchObject({ status: "held", heldUntil: expect.stringMatching(instant), response: null });
    expect((await api.call("GET", `/triggers/${made.json.id}`)).json.held).toBe(1);
    expect((await api.call("GET", `/runs?status=held&triggerId=${made.json.id}`)).json.items).toHaveLength(1);
    const released = await api.call("POST", `/runs/${held.json.id}/release`);
    expect(released.json).toMatchObject({ id: held.json.id, status: "queued" });
    const twice = await api.call("POST", `/runs/${held.json.id}/release`);
    expect([twice.status, twice.json.code]).toEqual([409, "conflict"]);
    await api.call("POST", `/triggers/${made.json.id}/run`);
    expect((await api.call("POST", `/triggers/${made.json.id}/release`)).json).toEqual({ released: 1 });
    for (const path of [`/triggers/${made.json.id}`, `/transports/${sender.json.id}`, `/credentials/${refused.id}`]) {
      expect((await api.call("DELETE", path)).status).toBe(204);
    }
  });
});

describe("alert channels", () => {
  test("are added, changed, tested and deleted, their secrets write-only, their messages logged", async () => {
    const secret = `whsec_${Buffer.from("canary-alert-secret-0123456789ab").toString("base64")}`;
    const body = { name: "Ops", kind: "webhook", url: "http://127.0.0.1:9/canary-path", secret };
    const created = await api.call("POST", "/alert-channels", { body });
    expect([created.status, created.json.urlHost, created.json.kind]).toEqual([201, "127.0.0.1:9", "webhook"]);
    const { id } = created.json;
    const edit = { version: 1, quietMinutes: 10 };
    const changed = await api.call("PATCH", `/alert-channels/${id}`, { body: edit });
    expect(changed.json).toMatchObject({ version: 2, quietMinutes: 10, events: ["expiry", "status"] });
    expect((await api.call("PATCH", `/alert-channels/${id}`, { body: edit })).json.code).toBe("stale_version");
    const test = await api.call("POST", `/alert-channels/${id}/test`);
    expect(test.json).toMatchObject({ ok: false, description: expect.stringContaining("127.0.0.1:9") });
    const list = await api.call("GET", "/alert-channels");
    expect(list.json.items).toMatchObject([{ id, lastDelivery: { status: "failed" } }]);
    const log = await api.call("GET", `/alert-deliveries?channelId=${id}`);
    expect(log.json.items).toMatchObject([{ id: test.json.deliveryId, isTest: true, status: "failed" }]);
    const delivery = await api.call("GET", `/alert-deliveries/${test.json.deliveryId}`);
    expect(delivery.json.log).toMatchObject([{ outcome: "failed" }]);
    const one = await api.call("GET", `/alert-channels/${id}`);
    for (const { text } of [created, changed, test, list, log, delivery, one]) expect(text).not.toContain("canary");
    const wrong = await api.call("POST", "/alert-channels", { body: { name: "Mail", kind: "email" } });
    expect(wrong.json.errors).toMatchObject([{ field: "email.host" }]);
    expect((await api.call("DELETE", `/alert-channels/${id}`)).status).toBe(204);
    expect((await api.call("GET", `/alert-channels/${id}`)).status).toBe(404);
  });
});

describe("users, API keys, sessions and the audit log", () => {
  test("a user is created with roles, changed, disabled and deleted", async () => {
    const body = {
      username: "otto",
      displayName: "Otto",
      password: "a long enough password",
      roles: [{ role: "operator", nodeId }],
    };
    const created = await api.call("POST", "/users", { body });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ username: "otto", roles: [{ role: "operator", nodeId }], version: 1 });
    expect(created.text).not.toContain(body.password);
    const list = await api.call("GET", "/users?q=otto");
    expect(list.json.items).toMatchObject([{ id: created.json.id }]);
    expect((await api.call("GET", `/users/${created.json.id}`)).json).toMatchObject({ username: "otto" });
    const changed = await api.call("PATCH", `/users/${created.json.id}`, { body: { version: 1, disabled: true } });
    expect(changed.json).toMatchObject({ disabled: true, version: 2 });
    expect((await api.call("DELETE", `/users/${created.json.id}`)).status).toBe(204);
    expect((await api.call("GET", `/users/${created.json.id}`)).status).toBe(404);
  });

  test("a user without a password gets one that is told once, and another one at a reset", async () => {
    const created = await api.call("POST", "/users", { body: { username: "mia", roles: [{ role: "lead" }] } });
    expect(created.json).toMatchObject({ mustChangePassword: true, password: expect.stringMatching(/.{12}/) });
    const reset = await api.call("POST", `/users/${created.json.id}/reset-password`, { body: {} });
    expect(reset.json.password).not.toBe(created.json.password);
    expect((await api.call("DELETE", `/users/${created.json.id}/sessions`)).status).toBe(204);
    expect((await api.call("GET", `/users/${created.json.id}`)).json).not.toHaveProperty("password");
  });

  test("the last admin can't be disabled", async () => {
    const { json } = await api.call("GET", "/users?role=admin");
    const [admin] = json.items;
    const answer = await api.call("PATCH", `/users/${admin.id}`, { body: { version: admin.version, disabled: true } });
    expect([answer.status, answer.json.code]).toEqual([409, "conflict"]);
  });

  test("an API key is shown once, works, and is refused when it is revoked", async () => {
    const created = await api.call("POST", "/api-keys", {
      body: { name: "CI", role: "operator", nodeId: null, expiresAt: null },
    });
    expect([created.status, created.json.name]).toEqual([201, "CI"]);
    const { key, id } = created.json;
    expect((await api.call("GET", "/runs", { key })).status).toBe(200);
    const list = await api.call("GET", "/api-keys");
    expect(list.text).not.toContain(key);
    expect((await api.call("DELETE", `/api-keys/${id}`)).status).toBe(204);
    expect((await api.call("GET", "/runs", { key })).status).toBe(401);
    expect((await api.call("GET", `/api-keys/${id}`)).json).toMatchObject({ name: "CI", status: "revoked" });
  });

  test("sessions are listed and ended", async () => {
    const id = await insertSession();
    expect((await api.call("GET", "/sessions")).json.items).toMatchObject([{ id, status: "active", method: "local" }]);
    expect((await api.call("GET", `/sessions/${id}`)).json).toMatchObject({ id, credentialId: null, mfaMethod: null });
    expect((await api.call("GET", `/sessions?mfa=yes&userId=${id}`)).json.items).toEqual([]);
    expect((await api.call("DELETE", `/sessions/${id}`)).status).toBe(204);
    const ended = await api.call("GET", "/sessions?status=ended");
    expect(ended.json.items).toMatchObject([
      { id, status: "revoked", revokedReason: expect.stringContaining("API key") },
    ]);
  });

  test("roles can be made to demand a second factor, and a user's is removed", async () => {
    const policy = await api.call("PATCH", "/mfa-policy", { body: { requiredFor: ["lead", "admin"] } });
    expect(policy.json.requiredFor).toEqual(["admin", "lead"]);
    expect((await api.call("GET", "/mfa-policy")).json).toEqual(policy.json);
    await api.call("PATCH", "/mfa-policy", { body: { requiredFor: [] } });
    const { json: user } = await api.call("POST", "/users", { body: { username: "totp" } });
    expect((await api.call("DELETE", `/users/${user.id}/second-factor`)).json.code).toBe("conflict");
    const secretEnvelope = sealSecret("JBSWY3DPEHPK3PXP", totpAad(user.id));
    await getDb().insert(totpFactors).values({ userId: user.id, secretEnvelope, confirmedAt: new Date() });
    expect((await api.call("GET", `/users/${user.id}`)).json.secondFactor).toMatchObject({ recoveryCodesLeft: 0 });
    expect((await api.call("DELETE", `/users/${user.id}/second-factor`)).status).toBe(204);
  });

  test("the dashboard is read for all nodes and for one; reviews are listed", async () => {
    const all = await api.call("GET", "/dashboard?range=7d");
    expect(all.json.scope).toEqual({ nodeId: null, nodeName: "All nodes" });
    expect(all.json.credentials.total).toBeGreaterThan(0);
    expect(all.json.runs.totals.succeeded).toBeGreaterThan(0);
    const one = await api.call("GET", `/dashboard?nodeId=${nodeId}`);
    expect(one.json.scope).toMatchObject({ nodeId, nodeName: "Plant 7" });
    expect((await api.call("GET", "/reviews")).json).toEqual({ items: [], nextCursor: null });
  });

  test("the retention is read and changed with its version; the audit log is not in it", async () => {
    const read = await api.call("GET", "/retention");
    expect(read.json).toMatchObject({ runsDays: 90, credentialEventsDays: 90, version: 1 });
    expect(read.json.logs.map(({ log }: { log: string }) => log)).toEqual(["runs", "credential_events"]);
    const saved = await api.call("PATCH", "/retention", { body: { version: 1, runsDays: 30 } });
    expect(saved.json).toMatchObject({ runsDays: 30, credentialEventsDays: 90, version: 2 });
    const stale = await api.call("PATCH", "/retention", { body: { version: 1, runsDays: null } });
    expect([stale.status, stale.json.code]).toEqual([409, "stale_version"]);
    const wrong = await api.call("PATCH", "/retention", { body: { version: 2, runsDays: 0 } });
    expect([wrong.status, wrong.json.errors[0].field]).toEqual([422, "runsDays"]);
  });

  test("the audit log names who did what", async () => {
    const { json } = await api.call("GET", `/audit?targetKind=credential&targetId=${credential.id}`);
    const actions = json.items.map((record: { action: string }) => record.action);
    expect(actions).toEqual(expect.arrayContaining(["credential.create", "credential.update"]));
    expect(json.items[0]).toMatchObject({ actor: { kind: "api_key" }, address: "127.0.0.1" });
  });
});

describe("the portal itself", () => {
  test("is alive and ready without a key, and not ready when a migration is missing", async () => {
    expect((await api.call("GET", "/healthz", { key: "" })).json).toEqual({ status: "alive" });
    const ready = await api.call("GET", "/readyz", { key: "" });
    expect([ready.status, ready.json]).toEqual([200, { status: "ready" }]);
    await getDb().execute(sql`update drizzle.__drizzle_migrations set created_at = created_at - 1`);
    const early = await api.call("GET", "/readyz", { key: "" });
    expect([early.status, early.json.reason]).toEqual([503, "migrations are not done"]);
    await getDb().execute(sql`update drizzle.__drizzle_migrations set created_at = created_at + 1`);
  });

  test("describes its API in a valid OpenAPI 3.1 document, for anyone", async () => {
    const { json, status } = await api.call("GET", "/api/v1/openapi.json", { key: "" });
    expect([status, json.openapi]).toEqual([200, "3.1.0"]);
    expect(Object.keys(json.components.schemas)).toEqual(expect.arrayContaining(["Credential", "Run", "Problem"]));
    expect(Object.keys(json.components.schemas).filter((name) => name.startsWith("_"))).toEqual([]);
    const result = await new Validator().validate(json);
    expect(result.errors).toBeUndefined();
  });
});

test("every operation that the document declares has answered as it declares", () => {
  const declared = allEndpoints.map((endpoint) => `${endpoint.method.toUpperCase()} ${endpoint.path}`);
  expect([...api.succeeded].sort()).toEqual(declared.sort());
});
