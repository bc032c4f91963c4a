import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import type { TLSSocket } from "node:tls";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { ensureCertificates, makeClientCertificate } from "#sandbox/certificates.ts";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { setUpSandbox, tester } from "#scripts/test-sandbox.ts";
import { startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { createTransportWithWsdl, updateTransportWithWsdl } from "./save-transport.ts";

type Pair = Awaited<ReturnType<typeof makeClientCertificate>>;
type Seen = { path: string; name: string | null };

setUpTestDatabase();
const sandbox = setUpSandbox();
let service: { server: Server; url: string };
let elsewhere: { server: Server; url: string };
let proxy: TestProxy;
let nodeId: string;
let orders: Pair;
const seen: Record<"service" | "elsewhere", Seen[]> = { service: [], elsewhere: [] };

/** A server that asks for a certificate and, if it must have one, takes no connection without. */
async function startAsking(which: "service" | "elsewhere", mustHave: boolean) {
  const { ca, key, cert } = await ensureCertificates(dirname(sandbox.current.caFile));
  const server = createServer(
    { ca, key, cert, requestCert: true, rejectUnauthorized: mustHave },
    (request, response) => {
      const path = request.url ?? "";
      seen[which].push({ path, name: (request.socket as TLSSocket).getPeerX509Certificate()?.subject ?? null });
      const type = { "content-type": "text/xml; charset=utf-8" };
      if (path === "/away") return response.writeHead(302, { location: `${elsewhere.url}/landed` }).end();
      if (path === "/back") return response.writeHead(302, { location: `${service.url}/home` }).end();
      if (path === "/to-and-fro") return response.writeHead(302, { location: `${elsewhere.url}/back` }).end();
      if (path === "/stock?wsdl") return response.writeHead(200, type).end(wsdlOf(request));
      if (path === "/stock?xsd=types") return response.writeHead(200, type).end(STOCK_TYPES);
      response.end(request.method === "POST" ? answerStock : "fine");
    },
  );
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `https://localhost:${(server.address() as AddressInfo).port}` };
}
const wsdlOf = (request: IncomingMessage) => writeWsdl(`https://${request.headers.host}/stock`);
const answerStock = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><PingResponse xmlns="urn:sallyport:sandbox:stock">pong</PingResponse></s:Body></s:Envelope>`;

beforeAll(async () => {
  elsewhere = await startAsking("elsewhere", false);
  service = await startAsking("service", true);
  proxy = await startProxy();
  nodeId = await insertNode("Plant");
  orders = await makeClientCertificate("orders", dirname(sandbox.current.caFile));
});
beforeEach(() => {
  seen.service = [];
  seen.elsewhere = [];
});
afterAll(async () => {
  for (const { server } of [service, elsewhere]) {
    server.closeAllConnections();
    server.close();
  }
  await proxy.close();
});

const shown = ({ key, cert }: Pair) => ({ privateKey: key, certificate: cert });
const describeTransport = (changes: Record<string, unknown> = {}) =>
  transportInput.parse({
    name: `Orders ${randomUUID()}`,
    nodeId,
    type: "HTTP",
    http: { url: service.url, method: "GET" },
    clientCertificate: shown(orders),
    ...changes,
  });
const refusal = (saving: Promise<unknown>) =>
  saving.then(
    () => [],
    (err: { fields: { field: string; message: string }[] }) =>
      err.fields.map(({ field, message }) => `${field}: ${message}`),
  );

test.each(["none", "proxy"])("a service that demands a client certificate is called, way out: %s", async (way) => {
  const settings = way === "none" ? {} : { proxy: { mode: "manual", url: `http://localhost:${proxy.port}` } };
  const { id } = await createTransport(tester, describeTransport(settings));
  expect(await testTransport(tester, id)).toMatchObject({ status: "succeeded", response: { status: 200 } });
  expect(seen.service).toMatchObject([{ name: "CN=orders" }]);
  const tunnel = `CONNECT localhost:${new URL(service.url).port}`;
  expect(proxy.asked.includes(tunnel)).toBe(way === "proxy");
});

test("without it the run fails and says that the server may want one", async () => {
  const { id } = await createTransport(tester, describeTransport({ clientCertificate: null }));
  expect(await testTransport(tester, id)).toMatchObject({
    status: "failed",
    error: { hint: expect.stringContaining("client certificate") },
  });
});

test("another server that is redirected to is shown none, also when it leads back", async () => {
  const redirects = { followRedirects: true };
  const away = await createTransport(tester, describeTransport({ ...redirects, http: { url: `${service.url}/away` } }));
  expect(await testTransport(tester, away.id)).toMatchObject({ status: "succeeded" });
  expect(seen.service).toEqual([{ path: "/away", name: "CN=orders" }]);
  expect(seen.elsewhere).toEqual([{ path: "/landed", name: null }]);
  const url = `${service.url}/to-and-fro`;
  const fro = await createTransport(tester, describeTransport({ ...redirects, http: { url } }));
  expect(await testTransport(tester, fro.id)).toMatchObject({ status: "failed" });
  expect(seen.service.some(({ path }) => path === "/home")).toBe(false);
});

test("a replaced certificate is shown from the next call on, and a removed one no more", async () => {
  const { id } = await createTransport(tester, describeTransport());
  await testTransport(tester, id);
  const next = await makeClientCertificate("orders-2", dirname(sandbox.current.caFile));
  await updateTransportWithWsdl(tester, id, { version: 1, clientCertificate: shown(next) });
  await testTransport(tester, id);
  expect(seen.service.map(({ name }) => name)).toEqual(["CN=orders", "CN=orders-2"]);
  const removed = await updateTransportWithWsdl(tester, id, { version: 2, clientCertificate: null });
  expect(removed).toMatchObject({ clientCertificate: null, clientCertificateEndsAt: null });
  expect(await testTransport(tester, id)).toMatchObject({ status: "failed" });
});

test("a WSDL, its imports and each SOAP call are fetched with it", async () => {
  const soap = { wsdlUrl: `${service.url}/stock?wsdl`, service: "Stock", port: "StockSoap" };
  const transport = await createTransportWithWsdl(
    tester,
    describeTransport({ type: "WS_SOAP", http: undefined, soap }),
  );
  expect(transport.wsdl?.failure).toBeNull();
  const request = { operation: "GetStock", arguments: { site: "Plant 7", item: "AB-1234" } };
  const input = { name: `Trigger ${randomUUID()}`, nodeId, transportId: transport.id, request };
  await fireTrigger(tester, (await createTrigger(tester, triggerInput.parse(input))).id, {});
  expect(seen.service.map(({ path }) => path)).toEqual(["/stock?wsdl", expect.stringContaining("xsd"), "/stock"]);
  expect(new Set(seen.service.map(({ name }) => name))).toEqual(new Set(["CN=orders"]));
});

test("a PKCS #12 file is taken apart; key and password are neither shown, nor in the audit log, nor in the row", async () => {
  const pkcs12 = readFileSync(
    join(import.meta.dirname, "../../platform/certificates/fixtures/windows-3des.pfx"),
  ).toString("base64");
  const passphrase = "Wörter € 7";
  const saved = await createTransport(tester, describeTransport({ clientCertificate: { pkcs12, passphrase } }));
  expect(saved.clientCertificate).toMatchObject({
    subject: "CN=orders-client, O=Plant 7, C=DE",
    sha1: "04BB3967AA6378A7D51E8620D717BCAD624C920D",
    chainLength: 1,
    privateKeySetAt: expect.any(String),
  });
  const [row] = await getDb().select().from(transports).where(eq(transports.id, saved.id));
  const audit = await getDb().select().from(auditRecords);
  const everything = JSON.stringify([saved, row, audit]);
  for (const secret of ["PRIVATE KEY", passphrase, pkcs12.slice(200, 260)]) expect(everything).not.toContain(secret);
});

test("what can't be used is refused at its field", async () => {
  const http = { url: service.url.replace("https:", "http:") };
  expect(await refusal(createTransport(tester, describeTransport({ http })))).toEqual([
    "clientCertificate.certificate: A client certificate can be shown over https:// only.",
  ]);
  const alone = { certificate: orders.cert };
  expect(await refusal(createTransport(tester, describeTransport({ clientCertificate: alone })))).toEqual([
    "clientCertificate.privateKey: Enter the private key.",
  ]);
  const wrong = { pkcs12: "AAAA", passphrase: "x" };
  expect(await refusal(createTransport(tester, describeTransport({ clientCertificate: wrong })))).toEqual([
    "clientCertificate.pkcs12: This is not a PKCS #12 file (.pfx, .p12), or it is damaged.",
  ]);
});

test("the stored key does not follow the transport to another server", async () => {
  const { id } = await createTransport(tester, describeTransport());
  const http = { url: `${elsewhere.url}/x`, method: "GET" as const, headers: [] };
  expect(await refusal(updateTransportWithWsdl(tester, id, { version: 1, http }))).toEqual([
    "clientCertificate.privateKey: Enter the private key again: the URL leads to another server now.",
  ]);
});
