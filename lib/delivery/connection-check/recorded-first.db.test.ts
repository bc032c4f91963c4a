import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { reloadWsdl } from "#lib/delivery/wsdls/reload-wsdl.ts";
import { createTransportWithWsdl, updateTransportWithWsdl } from "#lib/delivery/wsdls/save-transport.ts";
import { credentialDraft } from "#lib/oauth/credential-edits/open-draft.ts";
import { stageSecret } from "#lib/oauth/rotation/stage-secret.ts";
import { getPool } from "#lib/platform/db/client.ts";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { checkCredential } from "./check-credential.ts";
import { checkDraft } from "./check-draft.ts";
import { testStaged } from "./test-staged.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();

/** A service that looks, for each request with an Authorization, at what the database has recorded by then. */
let server: Listening;
let url = "";
let nodeId = "";
let count = 0;
let found: string[] = [];

const recorded = `select action as what from audit_records where action in ('transport.load-wsdl', 'credential.probe')
  union all select run->>'event' from run_starts, json_array_elements(runs) as run`;

beforeAll(async () => {
  server = await listen((request, response) => {
    void answer(request.url ?? "", request.headers.authorization !== undefined).then((body) => {
      response.writeHead(200, { "content-type": "text/xml" });
      response.end(request.method === "HEAD" ? "" : body);
    });
  });
  url = `http://127.0.0.1:${server.port}`;
  nodeId = await insertNode("Plant");
});
afterAll(() => server.close());
beforeEach(async () => {
  found = [];
  await getPool().query("delete from run_starts");
});

async function answer(path: string, isAuthorized: boolean): Promise<string> {
  if (isAuthorized) {
    const { rows } = await getPool().query<{ what: string }>(recorded);
    found.push(rows.map(({ what }) => what).join(" ") || "nothing");
  }
  return path.includes("xsd") ? STOCK_TYPES : writeWsdl(`${url}/stock`);
}

const bearer = async () => ({
  kind: "credential" as const,
  credentialId: (await store(genericInput(sandbox.current))).id,
});
const basic = { kind: "basic" as const, username: "erp", password: "wsdl-password" };
const soapInput = (authorization: object) =>
  transportInput.parse({
    name: `Stock ${++count}`,
    nodeId,
    type: "WS_SOAP",
    soap: { wsdlUrl: `${url}/stock?wsdl`, service: "Stock", port: "StockSoap" },
    authorization,
  });
async function makeHttp(authorization: object): Promise<string> {
  const input = { name: `Orders ${++count}`, nodeId, type: "HTTP", http: { url, method: "GET" }, authorization };
  return (await createTransport(tester, transportInput.parse(input))).id;
}

/** How often the log has the action after something was done, which the service must have seen in it each time. */
async function expectRecordedFirst(what: string, act: () => Promise<unknown>): Promise<void> {
  const counted = async () => (await getPool().query(recorded)).rows.filter((row) => row.what === what).length;
  const before = await counted();
  found = [];
  await act();
  expect(found.length, "requests with an Authorization").toBeGreaterThan(0);
  for (const seen of found) expect(seen.split(" ").filter((each) => each === what).length).toBeGreaterThan(before);
}

test.each([
  ["token", bearer],
  ["password", async () => basic],
])("a WSDL that is loaded with a %s is recorded before it is requested", async (_, make) => {
  const authorization = await make();
  const values = { nodeId, soap: { wsdlUrl: `${url}/stock?wsdl` }, authorization };
  await expectRecordedFirst("transport.load-wsdl", () => previewWsdl(tester, values));
  let id = "";
  await expectRecordedFirst("transport.load-wsdl", async () => {
    ({ id } = await createTransportWithWsdl(tester, soapInput(authorization)));
  });
  await expectRecordedFirst("transport.load-wsdl", () => reloadWsdl(tester, id));
  const soap = { wsdlUrl: `${url}/stock?wsdl&again`, service: "Stock", port: "StockSoap" };
  const update = transportUpdate.parse({ version: 1, soap, authorization });
  await expectRecordedFirst("transport.load-wsdl", () => updateTransportWithWsdl(tester, id, update));
});

test("a connection check is recorded before a service gets the token: saved, unsaved, and staged", async () => {
  const authorization = await bearer();
  const id = authorization.credentialId;
  await makeHttp(authorization);
  await expectRecordedFirst("credential.probe", () => checkCredential(tester, id));
  await expectRecordedFirst("credential.probe", () => checkDraft(tester, credentialDraft.parse({ id })));
  const { clientSecret } = sandbox.current.clients.generic;
  await stageSecret(tester, id, { clientSecret });
  await expectRecordedFirst("credential.probe", () => testStaged(tester, id));
});

test("a transport test is recorded before it is sent", async () => {
  const id = await makeHttp(await bearer());
  await expectRecordedFirst("test", () => testTransport(tester, id));
});
