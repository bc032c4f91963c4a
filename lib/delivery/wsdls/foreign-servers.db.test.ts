import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "soap";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { hasPhpSoap } from "#scripts/php.ts";
import { startPhpServer } from "#scripts/php-server.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { tester } from "#scripts/test-sandbox.ts";
import { createTransportWithWsdl } from "./save-transport.ts";

// The whole way, from the WSDL to the receipt, against SOAP servers that nobody here wrote: PHP's SoapServer and npm's `soap`.

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });

let nodeId: string;
beforeAll(async () => {
  nodeId = await insertNode("Plant");
});

async function run(wsdlUrl: string, operation: string, args: object): Promise<Run> {
  const name = `Warehouse ${randomUUID()}`;
  const soap = { wsdlUrl, service: "Warehouse", port: "WarehousePort" };
  const input = transportInput.parse({ name, nodeId, type: "WS_SOAP", soap });
  const transport = await createTransportWithWsdl(tester, input);
  expect(transport.wsdl?.failure).toBeNull();
  const request = { operation, arguments: args };
  const trigger = await createTrigger(tester, triggerInput.parse({ name, nodeId, transportId: transport.id, request }));
  return fireTrigger(tester, trigger.id);
}

const lines = [
  { item: "Bolt <M8>", quantity: "12.5" },
  { item: "Nut & washer", quantity: "3" },
];
const order = { id: 41, due: "2026-05-01", priority: "high", note: null };

/** What each server must do with the same calls. `wrap` makes the list of lines as the style has it. */
function callsWork(getUrl: () => string, wrap: (items: object[]) => unknown): void {
  test("numbers come and go", async () => {
    const made = await run(getUrl(), "add", { a: 2, b: 40 });
    expect([made.error, made.status]).toEqual([null, "succeeded"]);
    expect(Number((made.soap!.json as { sum: unknown }).sum)).toBe(42);
  });

  test("a nested order with a list, an enumeration, a date and nil comes back as it went", async () => {
    const made = await run(getUrl(), "echoOrder", { order: { ...order, lines: wrap(lines) } });
    expect([made.error, made.status]).toEqual([null, "succeeded"]);
    const back = (made.soap!.json as { order: Record<string, unknown> }).order;
    expect(back).toMatchObject({ priority: "high" });
    // npm's soap leaves nil out.
    expect(back.note ?? null).toBeNull();
    expect(Number(back.id)).toBe(42);
    expect(String(back.due)).toContain("2026-05-01");
    const text = JSON.stringify(back.lines);
    for (const { item } of lines) expect(text).toContain(item);
    expect(text).toContain("12.5");
  });

  test("one line is a list, too", async () => {
    const made = await run(getUrl(), "echoOrder", { order: { ...order, lines: wrap(lines.slice(0, 1)) } });
    expect(made.error).toBeNull();
    const back = (made.soap!.json as { order: Record<string, unknown> }).order;
    expect(JSON.stringify(back.lines)).toContain("[{");
  });

  test("a Fault is a failed run with its reason and detail", async () => {
    const made = await run(getUrl(), "fail", { reason: "no more bolts" });
    expect(made).toMatchObject({
      status: "failed",
      error: { code: "soap_fault" },
      soap: { fault: { reason: "failed: no more bolts", detail: expect.stringContaining("no more bolts") } },
    });
  });
}

const asLine = (items: object[]) => ({ line: items });

// Without PHP these are left out; `npm test` says so (scripts/install-php.ts).
describe.runIf(hasPhpSoap())("PHP's SoapServer", () => {
  let php: Awaited<ReturnType<typeof startPhpServer>>;
  beforeAll(async () => {
    php = await startPhpServer();
  });
  afterAll(() => php.close());

  describe("rpc/encoded", () =>
    callsWork(
      () => `${php.url}/rpc-encoded?wsdl`,
      (items) => ({ item: items }),
    ));
  describe("rpc/literal", () => callsWork(() => `${php.url}/rpc-literal?wsdl`, asLine));
  describe("document/literal", () => callsWork(() => `${php.url}/document?wsdl`, asLine));
});

describe("npm's soap", () => {
  type Wrapper = { a: number; b: number; order: { id: number; due: string }; reason: string };
  const operations = {
    add: ({ a, b }: Wrapper) => ({ sum: Number(a) + Number(b) }),
    echoOrder: ({ order: given }: Wrapper) => {
      // It reads dates as Date and can't write them.
      const due = new Date(given.due).toISOString().slice(0, 10);
      return { order: { ...given, id: Number(given.id) + 1, due } };
    },
    fail: ({ reason }: Wrapper) => {
      throw { Fault: { faultcode: "soap:Server", faultstring: `failed: ${reason}`, detail: { reason } } };
    },
  };
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const style of ["rpc-literal", "document"]) {
      const xml = readFileSync(`scripts/soap-servers/${style}.wsdl`, "utf8");
      const services = { Warehouse: { WarehousePort: operations } };
      listen(server, `/${style}`, services, xml.replace("{{address}}", `${url}/${style}`));
    }
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  describe("rpc/literal", () => callsWork(() => `${url}/rpc-literal?wsdl`, asLine));
  describe("document/literal", () => callsWork(() => `${url}/document?wsdl`, asLine));
});
