import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { reloadWsdl } from "#lib/delivery/wsdls/reload-wsdl.ts";
import { createTransportWithWsdl } from "#lib/delivery/wsdls/save-transport.ts";
import { serveTestApi } from "#scripts/test-api.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";

// While something large is handled, /healthz and the runs of other triggers go on.

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });
const api = serveTestApi();
let server: Listening;
let url: string;
let nodeId: string;
let otherTrigger: string;
let documents: Record<string, string>;

beforeAll(async () => {
  server = await listen((request, response) => {
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(documents[request.url ?? ""] ?? "");
  });
  url = `http://127.0.0.1:${server.port}`;
  nodeId = await insertNode("Plant");
  documents = {};
  const http = { url, method: "POST", headers: [] };
  const other = await createTransport(
    tester,
    transportInput.parse({ name: "Other", nodeId, type: "HTTP", http, authorization: { kind: "none" } }),
  );
  otherTrigger = await makeTrigger(other.id, { body: "small" });
});
afterAll(() => server.close());

async function makeTrigger(transportId: string, request: Record<string, unknown>): Promise<string> {
  const input = triggerInput.parse({ name: randomUUID(), nodeId, transportId, request, maxExecutionSeconds: 600 });
  return (await createTrigger(tester, input)).id;
}

const schema = (namespace: string, content: string) =>
  `<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:p="urn:p" targetNamespace="${namespace}">${content}</schema>`;
const wsdlOf = (content: string) => `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t"
  targetNamespace="urn:t" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"><types>${schema("urn:t", content)}</types>
  <message name="In"><part name="p" element="t:Op"/></message><message name="Out"><part name="p" element="t:Out"/></message>
  <portType name="T"><operation name="Op"><input message="t:In"/><output message="t:Out"/></operation></portType>
  <binding name="B" type="t:T"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Op">
  <s:operation soapAction=""/><input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation></binding>
  <service name="S"><port name="P" binding="t:B"><s:address location="${url}/soap"/></port></service></definitions>`;
const list = (name: string, item: string) =>
  `<element name="${name}"><complexType><sequence><element name="${item}" type="string" minOccurs="0" maxOccurs="unbounded"/></sequence></complexType></element>`;
const smallWsdl = () => wsdlOf(list("Op", "a") + list("Out", "s"));
/** About 3 MB in two documents. */
const largeTypes = (documentation: string) => {
  const members = Array.from({ length: 20 }, (_, n) => `<element name="m${n}" type="string" minOccurs="0"/>`).join("");
  const types = Array.from(
    { length: 2000 },
    (_, n) =>
      `<complexType name="T${n}"><annotation><documentation>${documentation}</documentation></annotation><sequence>${members}</sequence></complexType>`,
  );
  return schema("urn:p", types.join(""));
};
const soapOf = (wsdlUrl: string) => ({ wsdlUrl, service: "S", port: "P" });
const makeSoapTransport = async (wsdlUrl: string) =>
  createTransportWithWsdl(
    tester,
    transportInput.parse({
      name: randomUUID(),
      nodeId,
      type: "WS_SOAP",
      soap: soapOf(wsdlUrl),
      authorization: { kind: "none" },
      maxResponseBytes: 50 * 1024 * 1024,
      timeoutMs: 120_000,
    }),
  );

/**
 * Does something, and meanwhile calls /healthz and runs another trigger again and again. On the event loop, the work would be one wait of
 * nearly all its time.
 */
async function expectOthersServed<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  let isOver = false;
  const working = work().finally(() => {
    isOver = true;
  });
  working.catch(() => undefined);
  let longest = 0;
  let served = 0;
  while (!isOver) {
    const start = performance.now();
    const [health, run] = await Promise.all([api.call("GET", "/healthz"), fireTrigger(tester, otherTrigger)]);
    expect([health.status, run.status]).toEqual([200, "succeeded"]);
    longest = Math.max(longest, performance.now() - start);
    served += 1;
  }
  const result = await working;
  const took = performance.now() - began;
  expect(served, "times that others were served").toBeGreaterThan(3);
  expect(took / longest, `${Math.round(longest)} ms of ${Math.round(took)} ms`).toBeGreaterThan(2);
  return result;
}

test("a response of 4 MB is read while others are served", async () => {
  documents["/small"] = smallWsdl();
  const trigger = await makeTrigger((await makeSoapTransport(`${url}/small`)).id, { operation: "Op", arguments: {} });
  const items = Array.from({ length: 230_000 }, (_, n) => `<s>${n}</s>`).join("");
  documents["/soap"] = envelope(`<t:Out xmlns:t="urn:t">${items}</t:Out>`);
  const run = await expectOthersServed(() => fireTrigger(tester, trigger));
  expect(run).toMatchObject({ status: "succeeded", soap: { jsonCut: true, json: null, problem: null } });
});

test("a call with 1 MB of arguments is checked and built while others are served", async () => {
  documents["/small"] = smallWsdl();
  documents["/soap"] = envelope('<t:Out xmlns:t="urn:t"/>');
  const { id } = await makeSoapTransport(`${url}/small`);
  const trigger = await makeTrigger(id, { operation: "Op", arguments: { a: "{{variables.a}}" } });
  const a = Array.from({ length: 200_000 }, (_, n) => String(n));
  const run = await expectOthersServed(() => fireTrigger(tester, trigger, { variables: { a } }));
  expect(run.status).toBe("succeeded");
  expect(run.request?.bodyBytes).toBeGreaterThan(1_000_000);
  await expect(fireTrigger(tester, trigger, { variables: { a: [...a, { b: 1 }] } })).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field: "request.arguments.a[200000]" }],
  });
});

const envelope = (content: string) =>
  `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${content}</e:Body></e:Envelope>`;

test("a WSDL of 3 MB is previewed, saved, reloaded, and used while others are served", async () => {
  const wsdlUrl = `${url}/large`;
  documents["/large"] = wsdlOf(
    `<import namespace="urn:p" schemaLocation="${url}/types"/><element name="Op" type="p:T0" xmlns:p="urn:p"/>${list("Out", "s")}`,
  );
  documents["/types"] = largeTypes("One");
  documents["/soap"] = envelope('<t:Out xmlns:t="urn:t"><s>1</s></t:Out>');
  const values = { type: "WS_SOAP", soap: soapOf(wsdlUrl), nodeId, authorization: { kind: "none" } };
  const preview = await expectOthersServed(() => previewWsdl(tester, values as never));
  expect(preview).toMatchObject({ services: [{ name: "S" }] });
  const { id, wsdl } = await expectOthersServed(() => makeSoapTransport(wsdlUrl));
  expect(wsdl).toMatchObject({ failure: null, hash: preview.hash });
  documents["/large"] = documents["/large"].replaceAll('"Op"', '"Op2"').replaceAll("t:Op", "t:Op2");
  documents["/types"] = largeTypes("Two");
  const reloaded = await expectOthersServed(() => reloadWsdl(tester, id, { apply: true }));
  expect(reloaded.changes).toMatchObject([{ kind: "removed" }, { kind: "added" }]);
  const trigger = await makeTrigger(id, { operation: "Op2", arguments: { m0: "x" } });
  expect(await fireTrigger(tester, trigger)).toMatchObject({ status: "succeeded", soap: { json: { s: ["1"] } } });
});

test("fifty large responses at once are all read while others are served", async () => {
  documents["/small"] = smallWsdl();
  const trigger = await makeTrigger((await makeSoapTransport(`${url}/small`)).id, { operation: "Op", arguments: {} });
  documents["/soap"] = envelope(`<t:Out xmlns:t="urn:t">${"<s>some text</s>".repeat(8000)}</t:Out>`);
  const runs = await expectOthersServed(() =>
    Promise.all(Array.from({ length: 50 }, () => fireTrigger(tester, trigger))),
  );
  const json = { s: Array.from({ length: 8000 }, () => "some text") };
  for (const run of runs) expect(run).toMatchObject({ status: "succeeded", soap: { json } });
});
