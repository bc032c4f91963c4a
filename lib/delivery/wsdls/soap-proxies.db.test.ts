import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startSquid } from "#scripts/test-foreign-proxies.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { makeCertificates } from "#scripts/test-servers.ts";
import { createTransportWithWsdl } from "./save-transport.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
let squid: Awaited<ReturnType<typeof startSquid>>;
let nodeId: string;
beforeAll(async () => {
  squid = await startSquid((await makeCertificates()).localhost);
  nodeId = await insertNode("Plant");
});
afterAll(() => squid?.close());

/** A transport of the stock service, through Squid. */
async function makeTransport(password = squid.locked.user.password) {
  const { url, user } = squid.locked;
  const wsdlUrl = `${sandbox.current.serviceUrl}/soap/stock?wsdl`;
  const { id: credentialId } = await store(genericInput(sandbox.current));
  return createTransportWithWsdl(
    tester,
    transportInput.parse({
      name: `Stock ${randomUUID()}`,
      nodeId,
      type: "WS_SOAP",
      soap: { wsdlUrl, service: "Stock", port: "StockSoap" },
      authorization: { kind: "credential", credentialId },
      proxy: { mode: "manual", url, ...user, password },
    }),
  );
}

async function call(transportId: string) {
  const request = { operation: "GetStock", arguments: { site: "Plant 7", item: "AB-1234" } };
  const input = { name: `Trigger ${randomUUID()}`, nodeId, transportId, request };
  return fireTrigger(tester, (await createTrigger(tester, triggerInput.parse(input))).id, {});
}

test("a WSDL, what it imports and each call go through the transport's proxy, as its log shows", async () => {
  const from = squid.locked.readLog().length;
  const transport = await makeTransport();
  expect(await call(transport.id)).toMatchObject({ status: "succeeded", proxy: squid.locked.url });
  const lines = () => squid.locked.readLog().slice(from).trim().split("\n");
  await expect.poll(lines).toHaveLength(3);
  const url = `${sandbox.current.serviceUrl}/soap/stock`;
  expect(lines()).toEqual([
    `200 TCP_MISS GET ${url}?wsdl anna`,
    expect.stringMatching(/^200 TCP_MISS GET \S+\/soap\/stock\?xsd=\w+ anna$/),
    `200 TCP_MISS POST ${url} anna`,
  ]);
});

test("a wrong password of the proxy is told when the WSDL is read", async () => {
  const { wsdl } = await makeTransport("a-wrong-password");
  expect(JSON.stringify(wsdl)).toMatch(/refused its user and password \(407\)/);
  expect(JSON.stringify(wsdl)).not.toContain("a-wrong-password");
});
