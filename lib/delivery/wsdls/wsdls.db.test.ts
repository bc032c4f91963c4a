import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { deleteTransport } from "#lib/delivery/transport-edits/delete-transport.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import { getTransport } from "#lib/delivery/transports/read-transports.ts";
import { transportInput, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { pollChanges } from "#lib/platform/db/changes.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen, startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { previewWsdl } from "./preview-wsdl.ts";
import { reloadWsdl } from "./reload-wsdl.ts";
import { createTransportWithWsdl, updateTransportWithWsdl } from "./save-transport.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();

/** A server that gives documents by their path and keeps what it was asked. */
let server: Listening;
let other: Listening;
let proxy: TestProxy;
let url: string;
let documents: Record<string, { status?: number; body?: string; headers?: Record<string, string> }>;
let asked: { path: string; authorization: string | undefined; host: string }[] = [];
let nodeId: string;

const answer = (request: IncomingMessage) => {
  const path = request.url ?? "";
  asked.push({ path, authorization: request.headers.authorization, host: request.headers.host ?? "" });
  return documents[path] ?? { status: 404, body: "<p>not here" };
};

beforeAll(async () => {
  const serve = (request: IncomingMessage, response: import("node:http").ServerResponse) => {
    const { status = 200, body = "", headers = {} } = answer(request);
    response.writeHead(status, { "content-type": "text/xml", ...headers });
    response.end(body);
  };
  server = await listen(serve);
  other = await listen(serve);
  proxy = await startProxy({ credentials: "portal:proxy-password" });
  url = `http://127.0.0.1:${server.port}`;
  nodeId = await insertNode("Plant");
});
afterAll(async () => {
  await Promise.all([server.close(), other.close(), proxy.close()]);
});
beforeEach(() => {
  asked = [];
  proxy.asked.length = 0;
  documents = { "/stock?wsdl": { body: writeWsdl(`${url}/stock`) }, "/stock?xsd=types": { body: STOCK_TYPES } };
});

type Changes = Record<string, unknown>;
const soapOf = (soap: Changes = {}) => ({ wsdlUrl: `${url}/stock?wsdl`, service: "Stock", port: "StockSoap", ...soap });
const inputOf = (soap: Changes = {}, more: Changes = {}) =>
  transportInput.parse({ name: `Stock ${randomUUID()}`, nodeId, type: "WS_SOAP", soap: soapOf(soap), ...more });
const create = (soap: Changes = {}, more: Changes = {}) => createTransportWithWsdl(tester, inputOf(soap, more));
const update = ({ id, version }: TransportDetail, changes: Changes) =>
  updateTransportWithWsdl(tester, id, transportUpdate.parse({ version, ...changes }));
const basic = { kind: "basic", username: "erp", password: "wsdl-password" };
const basicHeader = `Basic ${Buffer.from("erp:wsdl-password").toString("base64")}`;
const field = (path: string, code = "invalid_input") => ({ code, fields: [expect.objectContaining({ field: path })] });

describe("a WSDL", () => {
  test("is read with its imports when the transport is saved, and kept with its hash", async () => {
    const made = await create();
    expect(asked.map(({ path }) => path)).toEqual(["/stock?wsdl", "/stock?xsd=types"]);
    expect(made.wsdl).toMatchObject({
      source: "url",
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      failure: null,
      endpoint: `${url}/stock`,
      soapVersion: "1.1",
      services: [{ name: "Stock" }],
    });
    expect(made.wsdl?.bytes).toBeGreaterThan(5000);
    await deleteTransport(tester, made.id);
    expect(await getDb().$count(wsdls, eq(wsdls.transportId, made.id))).toBe(0);
  });

  test("is asked for with the transport's Authorization, which goes to no other server", async () => {
    documents["/stock?wsdl"]!.body = writeWsdl(`${url}/stock`).replace(
      "?xsd=types",
      `http://127.0.0.1:${other.port}/stock?xsd=types`,
    );
    await create({}, { authorization: basic });
    expect(asked.map(({ authorization }) => authorization)).toEqual([basicHeader, undefined]);
  });

  test("is asked for with the token of the credential, which is renewed once when it is refused", async () => {
    const credential = await store(genericInput(sandbox.current));
    const wsdlUrl = `${sandbox.current.serviceUrl}/soap/guarded/stock?wsdl`;
    await sandbox.current.control.refuseAtService({ times: 1 });
    const authorization = { kind: "credential", credentialId: credential.id };
    expect((await create({ wsdlUrl }, { authorization })).wsdl).toMatchObject({ failure: null });
    const requests = await sandbox.current.control.listServiceRequests();
    expect(requests.map(({ status }) => status)).toEqual([401, 200, 200]);
    expect(new Set(requests.slice(1).map(({ tokenId }) => tokenId)).size).toBe(1);
  });

  test("is asked for through the transport's proxy", async () => {
    const through = {
      mode: "manual",
      url: `http://127.0.0.1:${proxy.port}`,
      username: "portal",
      password: "proxy-password",
    };
    expect((await create({}, { proxy: through })).wsdl?.failure).toBeNull();
    expect(proxy.asked).toEqual([`GET ${url}/stock?wsdl`, `GET ${url}/stock?xsd=types`]);
  });

  test("that can't be had does not stop the transport from being saved, which says why and reads it later", async () => {
    const body = documents["/stock?wsdl"]!;
    documents["/stock?wsdl"] = { status: 503 };
    const made = await create();
    expect(made.wsdl).toMatchObject({
      hash: null,
      endpoint: null,
      failure: { code: "wsdl_unavailable", message: expect.stringContaining("503") },
    });
    const request = { operation: "GetStock", arguments: { site: "a", item: "AB-1234" } };
    const trigger = await createTrigger(
      tester,
      triggerInput.parse({ name: randomUUID(), nodeId, transportId: made.id, request }),
    );
    await expect(fireTrigger(tester, trigger.id)).rejects.toMatchObject({
      code: "transport_unusable",
      message: expect.stringContaining("503"),
    });
    documents["/stock?wsdl"] = body;
    expect(await reloadWsdl(tester, made.id)).toMatchObject({ changed: true, applied: true, hashBefore: null });
    expect((await getTransport(tester, made.id)).wsdl).toMatchObject({ failure: null, endpoint: `${url}/stock` });
  });

  test.each([
    ["a file", "file:///etc/passwd", "wsdl_import_refused"],
    ["ftp", "ftp://127.0.0.1/types.xsd", "wsdl_import_refused"],
    ["what the egress policy denies", "http://169.254.169.254/latest/meta-data", "egress_denied"],
  ])("that imports %s is not followed there", async (_, location, code) => {
    documents["/stock?wsdl"]!.body = writeWsdl(`${url}/stock`).replace("?xsd=types", location);
    await expect(previewWsdl(tester, { nodeId, soap: { wsdlUrl: soapOf().wsdlUrl } })).rejects.toMatchObject(
      field("soap.wsdlUrl", code),
    );
  });

  test("is not followed to a file by a redirect either", async () => {
    documents["/stock?wsdl"] = { status: 302, headers: { location: "file:///etc/passwd" } };
    await expect(previewWsdl(tester, { nodeId, soap: { wsdlUrl: soapOf().wsdlUrl } })).rejects.toMatchObject({
      code: "redirect_refused",
    });
  });

  test("with entities is refused, and the transport is not saved", async () => {
    documents["/stock?wsdl"]!.body =
      `<!DOCTYPE x [<!ENTITY a "${"b".repeat(1000)}">]>${writeWsdl(url).replace(/^<\?xml.*\n/, "")}`;
    await expect(create()).rejects.toMatchObject(field("soap.wsdlUrl", "wsdl_invalid"));
  });

  test("that is too large is refused", async () => {
    documents["/stock?wsdl"]!.body = writeWsdl(`${url}/stock`) + " ".repeat(11 * 1024 * 1024);
    await expect(create()).rejects.toMatchObject(field("soap.wsdlUrl", "wsdl_too_large"));
  });

  test("that has a web page in its place says so", async () => {
    documents["/stock?wsdl"] = { body: "<!doctype html><title>Sign in</title>" };
    await expect(create()).rejects.toMatchObject({
      code: "wsdl_invalid",
      message: expect.stringContaining("web page"),
    });
  });
});

describe("what is chosen in a WSDL", () => {
  test("with header blocks that have an undeclared prefix is refused when it is saved or edited", async () => {
    const refusal = {
      ...field("soap.headers"),
      fields: [{ field: "soap.headers", message: expect.stringContaining("com") }],
    };
    await expect(create({ headers: "<com:Token>x</com:Token>" })).rejects.toMatchObject(refusal);
    const made = await create({ headers: '<com:Token xmlns:com="urn:com">x</com:Token>' });
    await expect(update(made, { soap: soapOf({ headers: "<com:Token>x</com:Token>" }) })).rejects.toMatchObject(
      refusal,
    );
  });

  test("must be there; the message names what is", async () => {
    await expect(create({ service: "Other" })).rejects.toMatchObject(field("soap.service"));
    await expect(create({ port: "Other" })).rejects.toMatchObject({
      fields: [{ field: "soap.port", message: expect.stringContaining("StockSoap, StockSoap12") }],
    });
  });

  test("does not lead an Authorization to another server, unless the transport names it", async () => {
    const elsewhere = `http://127.0.0.1:${other.port}/stock`;
    documents["/stock?wsdl"]!.body = writeWsdl(elsewhere);
    await expect(create({}, { authorization: basic })).rejects.toMatchObject(field("soap.endpointUrl"));
    const security = { username: "erp", password: "secret-password" };
    await expect(create({ security })).rejects.toMatchObject(field("soap.endpointUrl"));
    expect((await create()).wsdl?.endpoint).toBe(elsewhere);
    expect((await create({ endpointUrl: elsewhere }, { authorization: basic })).wsdl?.endpoint).toBe(elsewhere);
  });

  test("counts for the hosts that a credential allows", async () => {
    const allowed = await store(genericInput(sandbox.current, { allowedHosts: [`127.0.0.1:${server.port}`] }));
    const authorization = { kind: "credential", credentialId: allowed.id };
    await expect(create({ endpointUrl: "http://elsewhere.example/" }, { authorization })).rejects.toMatchObject(
      field("soap.endpointUrl", "host_not_allowed"),
    );
  });
});

describe("an edit", () => {
  test("that leads elsewhere wants the passwords again; one that does not keeps them and reads nothing", async () => {
    const security = { username: "erp", password: "secret-password" };
    const made = await create({ security }, { authorization: basic });
    asked = [];
    const kept = await update(made, { notes: "changed" });
    expect([asked.length, kept.wsdl?.hash]).toEqual([0, made.wsdl?.hash]);
    const without = { username: "erp" };
    const endpointUrl = `http://127.0.0.1:${other.port}/stock`;
    await expect(
      update(kept, {
        soap: soapOf({ endpointUrl, security: without }),
        authorization: { kind: "basic", username: "erp" },
      }),
    ).rejects.toMatchObject({ fields: [{ field: "authorization.password" }, { field: "soap.security.password" }] });
    const same = await update(kept, { soap: soapOf({ port: "StockSoap12", security: without }) });
    expect(same.soap?.security?.passwordSetAt).toBe(made.soap?.security?.passwordSetAt);
    expect(same.wsdl?.soapVersion).toBe("1.2");
  });

  test("to another URL reads that one", async () => {
    const made = await create();
    documents["/other?wsdl"] = { body: writeWsdl(`${url}/other`) };
    documents["/other?xsd=types"] = { body: STOCK_TYPES };
    const moved = await update(made, { soap: soapOf({ wsdlUrl: `${url}/other?wsdl` }) });
    expect(moved.wsdl).toMatchObject({ endpoint: `${url}/other`, failure: null });
    documents["/gone?wsdl"] = { status: 500 };
    const lost = await update(moved, { soap: soapOf({ wsdlUrl: `${url}/gone?wsdl` }) });
    expect(lost.wsdl).toMatchObject({ hash: null, services: [], failure: { code: "wsdl_unavailable" } });
  });
});

describe("an uploaded WSDL", () => {
  const wsdlText = () => writeWsdl(`${url}/stock`).replace("?xsd=types", "schemas/types.xsd");
  const upload = () => [
    { name: "stock.wsdl", text: wsdlText() },
    { name: "types.xsd", text: STOCK_TYPES },
  ];

  test("needs no server, and finds its imports by their file names", async () => {
    const made = await create({ wsdlUrl: "", documents: upload() });
    expect(asked).toEqual([]);
    expect(made.soap).not.toHaveProperty("documents");
    expect(made.wsdl).toMatchObject({
      source: "upload",
      entry: "upload:stock.wsdl",
      failure: null,
      endpoint: `${url}/stock`,
    });
    const renamed = await update(made, { soap: soapOf({ wsdlUrl: "", addressing: true }) });
    expect(renamed.wsdl?.hash).toBe(made.wsdl?.hash);
    await expect(reloadWsdl(tester, made.id)).rejects.toMatchObject({ fields: [{ field: "documents" }] });
    const changed = upload().map((each) => ({ ...each, text: each.text.replaceAll("onDate", "atDate") }));
    expect(await reloadWsdl(tester, made.id, { documents: changed })).toMatchObject({ changed: true, applied: true });
  });

  test("says which file is missing", async () => {
    await expect(create({ wsdlUrl: "", documents: upload().slice(0, 1) })).rejects.toMatchObject({
      code: "wsdl_import_refused",
      message: expect.stringContaining("types.xsd"),
    });
    await expect(create({ wsdlUrl: "" })).rejects.toMatchObject(field("soap.wsdlUrl"));
  });
});

describe("reading a WSDL again", () => {
  test("tells what changed and which triggers that breaks, and stores it only when told to", async () => {
    const made = await create();
    const request = { operation: "GetStock", arguments: { site: "{{variables.site}}", item: "AB-1234" } };
    const trigger = await createTrigger(
      tester,
      triggerInput.parse({ name: "Breaks", nodeId, transportId: made.id, request }),
    );
    documents["/stock?xsd=types"]!.body = STOCK_TYPES.replace(
      'name="onDate" type="xsd:date" minOccurs="0"',
      'name="onDate" type="xsd:date"',
    );
    const looked = await reloadWsdl(tester, made.id, { apply: false });
    expect(looked).toMatchObject({
      changed: true,
      applied: false,
      hashBefore: made.wsdl?.hash,
      brokenTriggers: [{ id: trigger.id, name: "Breaks", problems: [{ path: "onDate" }] }],
    });
    expect(looked.changes).toContainEqual({
      kind: "changed",
      what: "operation",
      name: "Stock/StockSoap/GetStock",
      details: ["Input onDate is required, date, was optional, date."],
    });
    expect((await getTransport(tester, made.id)).wsdl?.hash).toBe(made.wsdl?.hash);
    expect(await reloadWsdl(tester, made.id, { expectedHash: "0".repeat(64) })).toMatchObject({ applied: false });
    expect(await reloadWsdl(tester, made.id, { expectedHash: looked.hash })).toMatchObject({ applied: true });
    expect((await getTransport(tester, made.id)).wsdl?.hash).toBe(looked.hash);
    const audit = await getDb().select().from(auditRecords).where(eq(auditRecords.action, "transport.reload-wsdl"));
    expect(audit.at(-1)).toMatchObject({ before: { hash: made.wsdl?.hash }, after: { hash: looked.hash } });
    await expect(fireTrigger(tester, trigger.id, { variables: { site: "a" } })).rejects.toMatchObject({
      fields: [{ field: "request.arguments.onDate" }],
    });
  });

  test("that fails keeps the one before, which runs go on with", async () => {
    const made = await create();
    documents["/stock?wsdl"] = { status: 500 };
    await expect(reloadWsdl(tester, made.id)).rejects.toMatchObject({ code: "wsdl_unavailable" });
    expect((await getTransport(tester, made.id)).wsdl).toMatchObject({
      hash: made.wsdl?.hash,
      failure: { code: "wsdl_unavailable" },
    });
  });
});

test("a run reads neither the WSDL's server nor the stored documents once the model is in memory", async () => {
  const made = await create();
  const request = { operation: "Ping", arguments: { Ping: "hello" } };
  const trigger = await createTrigger(
    tester,
    triggerInput.parse({ name: randomUUID(), nodeId, transportId: made.id, request }),
  );
  const envelope =
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><PingResponse xmlns="urn:sallyport:sandbox:stock">hi</PingResponse></e:Body></e:Envelope>';
  documents["/stock"] = { body: envelope };
  await pollChanges();
  expect(await fireTrigger(tester, trigger.id)).toMatchObject({
    status: "succeeded",
    soap: { json: { PingResponse: "hi" } },
  });
  asked = [];
  // Unreadable from now on: whoever opened it would fail.
  await getDb()
    .update(wsdls)
    .set({ documents: Buffer.from("nothing") })
    .where(eq(wsdls.transportId, made.id));
  await pollChanges();
  expect(await fireTrigger(tester, trigger.id)).toMatchObject({ status: "succeeded" });
  expect(asked.map(({ path }) => path)).toEqual(["/stock"]);
});
