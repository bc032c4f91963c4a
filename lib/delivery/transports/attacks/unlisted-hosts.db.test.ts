import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import {
  allowHostsOfTransport,
  listHostsOfTransport,
  listHostsToAllow,
} from "#lib/delivery/transport-edits/missing-hosts.ts";
import { reassignCredential } from "#lib/delivery/transport-edits/reassign-credential.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { reloadWsdl } from "#lib/delivery/wsdls/reload-wsdl.ts";
import { createTransportWithWsdl, updateTransportWithWsdl } from "#lib/delivery/wsdls/save-transport.ts";
import { changeDestination } from "#lib/oauth/credential-edits/rebind.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, readRow, setUpSandbox, store } from "#scripts/test-sandbox.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { transportInput, transportUpdate } from "../schema.ts";

// A token goes only to hosts that an admin allowed. Each test is a way around that.

setUpTestDatabase();
const sandbox = setUpSandbox();
const as = (role: "admin" | "engineer", name: string): Context => ({
  actor: { kind: "user", id: randomUUID(), name, sessionId: "s" },
  grants: [{ role, nodeId: null }],
  address: null,
});
const [admin, engineer] = [as("admin", "Ada"), as("engineer", "Eve")];

let service: Listening;
let url: string;
let nodeId: string;
/** Where the WSDL of `service` says that calls go. */
let address: string;
const received: (string | undefined)[] = [];

beforeAll(async () => {
  service = await listen((request, response) => {
    received.push(request.headers.authorization);
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(request.url?.includes("xsd") ? STOCK_TYPES : writeWsdl(address));
  });
  url = `http://127.0.0.1:${service.port}`;
  nodeId = await insertNode("Plant");
});
beforeEach(() => {
  address = `${url}/stock`;
  received.length = 0;
});
afterAll(() => service?.close());

type Changes = Record<string, unknown>;
const addCredential = async (allowedHosts: string[] = []) =>
  (await store(genericInput(sandbox.current, { allowedHosts }))).id;
const here = () => [`127.0.0.1:${service.port}`];
const withToken = (credentialId: string) => ({ authorization: { kind: "credential", credentialId } });
const http = (to: string) => ({ http: { url: to } });
const soap = (more: Changes = {}) => ({
  type: "WS_SOAP",
  soap: { wsdlUrl: `${url}/stock?wsdl`, service: "Stock", port: "StockSoap", ...more },
});
const save = (ctx: Context, changes: Changes) =>
  createTransportWithWsdl(
    ctx,
    transportInput.parse({ name: `Orders ${randomUUID()}`, nodeId, type: "HTTP", ...changes }),
  );
const edit = (ctx: Context, { id, version }: { id: string; version: number }, changes: Changes) =>
  updateTransportWithWsdl(ctx, id, transportUpdate.parse({ version, ...changes }));
const refusedAt = (field: string) => ({ code: "host_not_allowed", fields: [{ field }] });
const hostsOf = async (id: string) => (await readRow(id)).allowedHosts;
const allowedBy = async (id: string) =>
  (
    await getDb()
      .select({ actor: auditRecords.actorName, after: auditRecords.after })
      .from(auditRecords)
      .where(and(eq(auditRecords.targetId, id), eq(auditRecords.action, "credential.allow-hosts")))
      .orderBy(auditRecords.id)
  ).map(({ actor, after }) => [actor, after?.allowedHosts]);

test("a credential without destinations sends its token nowhere, and none is requested", async () => {
  const credentialId = await addCredential(here());
  const { id } = await save(engineer, { ...withToken(credentialId), ...http(url) });
  await inTransaction((tx) => changeDestination(tx, credentialId, { allowedHosts: [] }));
  const run = await testTransport(engineer, id);
  expect(run).toMatchObject({ token: null, error: { code: "host_not_allowed", hint: expect.any(String) } });
  const { steps } = await checkCredential(admin, credentialId);
  expect(steps.at(-1)).toMatchObject({ verdict: "fail", field: "allowedHosts" });
  expect(received).toEqual([]);
});

describe("an engineer can't add a destination", () => {
  test("with a new transport, and learns what an admin has to add", async () => {
    const credentialId = await addCredential();
    const name = (await readRow(credentialId)).name;
    await expect(
      save(engineer, { ...withToken(credentialId), ...http("https://orders.example.com/v1") }),
    ).rejects.toMatchObject({
      ...refusedAt("http.url"),
      message: `${name} can't send its token to https://orders.example.com yet.`,
      hint: `Ask an admin to add orders.example.com to the allowed destinations of ${name}.`,
    });
  });

  test.each([
    ["the URL", { ...http("https://evil.example.com/") }, "http.url"],
    ["the port of an entry with a port", { ...http("https://127.0.0.1:1/") }, "http.url"],
  ])("by changing %s", async (_, changes, field) => {
    const credentialId = await addCredential(here());
    const saved = await save(engineer, { ...withToken(credentialId), ...http(url) });
    await expect(edit(engineer, saved, changes)).rejects.toMatchObject(refusedAt(field));
    expect(await hostsOf(credentialId)).toEqual(here());
  });

  test("by naming it as confirmed", async () => {
    const credentialId = await addCredential();
    const input = {
      ...withToken(credentialId),
      ...http("https://evil.example.com/"),
      allowHosts: ["evil.example.com"],
    };
    await expect(save(engineer, input)).rejects.toMatchObject(refusedAt("http.url"));
    const saved = await save(admin, { ...withToken(credentialId), ...http("https://orders.example.com/") });
    await expect(
      edit(engineer, saved, { ...http("https://evil.example.com/"), allowHosts: ["evil.example.com"] }),
    ).rejects.toMatchObject(refusedAt("http.url"));
    await expect(allowHostsOfTransport(engineer, saved.id, ["evil.example.com"])).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("by assigning another credential to transports", async () => {
    const [from, to] = [await addCredential(here()), await addCredential()];
    await save(engineer, { ...withToken(from), ...http(url) });
    const input = { credentialId: to, allowHosts: here() };
    await expect(reassignCredential(engineer, from, input)).rejects.toMatchObject({ code: "host_not_allowed" });
    expect(await hostsOf(to)).toEqual([]);
  });

  test("with a WSDL, its preview, or another endpoint", async () => {
    const credentialId = await addCredential();
    await expect(save(engineer, { ...withToken(credentialId), ...soap() })).rejects.toMatchObject(
      refusedAt("soap.wsdlUrl"),
    );
    const preview = previewWsdl(engineer, {
      nodeId,
      ...withToken(credentialId),
      ...soap(),
      allowHosts: here(),
    } as never);
    await expect(preview).rejects.toMatchObject(refusedAt("soap.wsdlUrl"));
    expect(received).toEqual([]);
    const listed = await addCredential(here());
    const saved = await save(engineer, { ...withToken(listed), ...soap() });
    const endpointUrl = "https://evil.example.com/";
    await expect(edit(engineer, saved, { soap: { ...saved.soap, endpointUrl } })).rejects.toMatchObject(
      refusedAt("soap.endpointUrl"),
    );
  });
});

describe("a WSDL can't add the server that it names", () => {
  test.each([
    ["an engineer", engineer],
    ["an admin", admin],
  ])("when %s loads it again", async (_, ctx) => {
    const credentialId = await addCredential(here());
    const saved = await save(engineer, { ...withToken(credentialId), ...soap() });
    address = "https://evil.example.com/stock";
    await expect(reloadWsdl(ctx, saved.id)).rejects.toMatchObject(refusedAt("soap.endpointUrl"));
    expect(await hostsOf(credentialId)).toEqual(here());
  });

  test("when an admin saves, unless the admin confirms that server", async () => {
    address = "https://erp.example.com/stock";
    const credentialId = await addCredential();
    const input = { ...withToken(credentialId), ...soap() };
    await expect(save(admin, input)).rejects.toMatchObject(refusedAt("soap.endpointUrl"));
    expect(await hostsOf(credentialId)).toEqual([]);
    await save(admin, { ...input, allowHosts: [...here(), "erp.example.com"] });
    expect(await hostsOf(credentialId)).toEqual([...here(), "erp.example.com"]);
  });
});

test("a host that a path or query of a template names isn't the destination", async () => {
  const credentialId = await addCredential(here());
  const { id } = await save(engineer, { ...withToken(credentialId), ...http(url) });
  for (const path of ["//evil.example.com/", "/\\evil.example.com/", "@evil.example.com/", ".evil.example.com/"]) {
    const run = await testTransport(engineer, id, { path, method: "GET" }).catch((err) => err);
    const to = run.request?.url ?? url;
    expect(new URL(to).host, path).toBe(here()[0]);
  }
});

test("a URL that was changed in the database gets no token", async () => {
  const credentialId = await addCredential(["orders.example.com"]);
  const { id } = await save(engineer, { ...withToken(credentialId), ...http("https://orders.example.com/") });
  await getDb()
    .update(transports)
    .set({ http: { url, method: "GET", headers: [] } })
    .where(eq(transports.id, id));
  expect(await testTransport(admin, id)).toMatchObject({ token: null, error: { code: "host_not_allowed" } });
  expect(received).toEqual([]);
});

describe("an admin", () => {
  test("allows the hosts of transports as long as nobody entered hosts; the audit log says who and which", async () => {
    const credentialId = await addCredential();
    const saved = await save(admin, { ...withToken(credentialId), ...http("https://orders.example.com/v1") });
    await edit(admin, saved, http("https://stock.example.com:8443/"));
    const hosts = ["orders.example.com", "stock.example.com:8443"];
    expect(await hostsOf(credentialId)).toEqual(hosts);
    expect(await allowedBy(credentialId)).toEqual([
      ["Ada", hosts.slice(0, 1)],
      ["Ada", hosts],
    ]);
    // The version is the same: edits that were made from it can be saved.
    expect((await readRow(credentialId)).version).toBe(1);
  });

  test("allows nothing silently where hosts were entered, over http, or with a change of something else", async () => {
    const listed = await addCredential(here());
    const elsewhere = http("https://orders.example.com/");
    await expect(save(admin, { ...withToken(listed), ...elsewhere })).rejects.toMatchObject(refusedAt("http.url"));
    await save(admin, { ...withToken(listed), ...elsewhere, allowHosts: ["orders.example.com"] });
    expect(await hostsOf(listed)).toEqual([...here(), "orders.example.com"]);

    const empty = await addCredential();
    const open = { ...withToken(empty), ...http("http://orders.example.com/") };
    await expect(save(admin, open)).rejects.toMatchObject({
      ...refusedAt("http.url"),
      hint: expect.stringContaining("Add http://orders.example.com to"),
    });
    await expect(save(admin, { ...open, ...elsewhere, allowHosts: [] })).rejects.toMatchObject(refusedAt("http.url"));
    const saved = await save(admin, { ...open, allowHosts: ["http://orders.example.com"] });
    expect(await hostsOf(empty)).toEqual(["http://orders.example.com"]);

    await getDb()
      .update(transports)
      .set({ http: { url: "https://stock.example.com/", method: "GET", headers: [] } })
      .where(eq(transports.id, saved.id));
    await expect(edit(admin, saved, { notes: "x" })).rejects.toMatchObject(refusedAt("http.url"));
    expect(await hostsOf(empty)).toEqual(["http://orders.example.com"]);
  });

  test("sees the hosts that transports need, and allows those that were confirmed", async () => {
    const [from, to] = [await addCredential(here()), await addCredential()];
    const saved = await save(engineer, { ...withToken(from), ...http(url) });
    const missing = [{ entry: here()[0]!, origin: url }];
    expect(await listHostsToAllow(engineer, from)).toEqual([]);
    expect(await listHostsToAllow(engineer, from, to)).toEqual(missing);
    await reassignCredential(admin, from, { credentialId: to, allowHosts: here() });
    expect(await hostsOf(to)).toEqual(here());

    await getDb().update(credentials).set({ allowedHosts: [] }).where(eq(credentials.id, to));
    expect(await listHostsOfTransport(engineer, saved.id)).toEqual(missing);
    await allowHostsOfTransport(admin, saved.id, ["evil.example.com"]);
    expect(await hostsOf(to)).toEqual([]);
    await allowHostsOfTransport(admin, saved.id, here());
    expect(await testTransport(engineer, saved.id)).toMatchObject({ status: "succeeded" });
  });
});
