import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { getRun } from "#lib/delivery/runs/read-runs.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import { type TransportFormValues, transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { previewTrigger } from "#lib/delivery/triggers/preview-trigger.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { WSSE_PASSWORD, WSSE_USER } from "#sandbox/soap.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { createTransportWithWsdl } from "./save-transport.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();

let nodeId: string;
let credentialId: string;
beforeAll(async () => {
  nodeId = await insertNode("Plant");
  credentialId = (await store(genericInput(sandbox.current))).id;
});

type Changes = Record<string, unknown>;

/** A transport of the sandbox's stock service, or one of its variants. */
async function makeTransport(variant = "", soap: Changes = {}, more: Changes = {}): Promise<TransportDetail> {
  const wsdlUrl = `${sandbox.current.serviceUrl}/soap/${variant ? `${variant}/` : ""}stock?wsdl`;
  return createTransportWithWsdl(
    tester,
    transportInput.parse({
      name: `Stock ${randomUUID()}`,
      nodeId,
      type: "WS_SOAP",
      soap: { wsdlUrl, service: "Stock", port: "StockSoap", ...soap },
      authorization: { kind: "credential", credentialId },
      ...more,
    } as TransportFormValues),
  );
}

const getStock = { operation: "GetStock", arguments: { site: "{{variables.site}}", item: "AB-1234" } };

async function run(transport: TransportDetail, request: Changes = getStock, variables: Changes = {}): Promise<Run> {
  const trigger = await createTrigger(
    tester,
    triggerInput.parse({ name: `Trigger ${randomUUID()}`, nodeId, transportId: transport.id, request }),
  );
  return fireTrigger(tester, trigger.id, { variables: { site: "Plant 7", ...variables } as never });
}

describe.each(["StockSoap", "StockSoap12"])("over %s", (port) => {
  const version = port === "StockSoap" ? "1.1" : "1.2";

  test("a call is built, sent with the token, and its answer read; the receipt is stored", async () => {
    const made = await run(await makeTransport("", { port }), getStock, { site: "A & <B>" });
    expect(made.error).toBeNull();
    expect(made).toMatchObject({
      status: "succeeded",
      attempts: 1,
      request: { method: "POST", url: `${sandbox.current.serviceUrl}/soap/stock` },
      response: { status: 200 },
      soap: {
        operation: "GetStock",
        action: "urn:sallyport:sandbox:stock:GetStock",
        soapVersion: version,
        fault: null,
        json: { item: "AB-1234", quantity: expect.anything(), unit: "piece" },
      },
    });
    expect(made.request?.body).toContain("A &amp; &lt;B");
    expect(made.token?.credentialId).toBe(credentialId);
    expect(await getRun(tester, made.id)).toEqual(made);
  });

  test("a typed Fault is a failed run with its code, reason and detail", async () => {
    const lines = [{ "@unit": "piece", item: "ZZ-0000", quantity: "2.5" }];
    const request = {
      operation: "ReserveStock",
      arguments: { order: { number: 7, lines: "{{variables.lines}}", deliverTo: "Line 1" } },
    };
    const made = await run(await makeTransport("", { port }), request, { lines });
    expect(made).toMatchObject({
      status: "failed",
      error: { code: "soap_fault", message: expect.stringContaining("there is too little of ZZ-0000") },
      soap: { fault: { reason: "there is too little of ZZ-0000", detail: expect.stringContaining("StockFault") } },
    });
    expect(JSON.stringify(made.soap?.fault?.detailJson)).toContain("0.5");
    const enough = await run(await makeTransport("", { port }), request, { lines: [{ ...lines[0], item: "AB-1234" }] });
    expect([enough.error, enough.soap?.json]).toEqual([
      null,
      expect.objectContaining({ reservation: expect.anything() }),
    ]);
  });
});

test("a trigger says which of its variables stand for a list or an object", async () => {
  const transport = await makeTransport();
  const lines = [{ "@unit": "kg", item: "{{variables.item}}", quantity: 1 }];
  const make = (order: object) =>
    createTrigger(
      tester,
      triggerInput.parse({
        name: randomUUID(),
        nodeId,
        transportId: transport.id,
        request: { operation: "ReserveStock", arguments: { order } },
      }),
    );
  const whole = await make({ number: "{{variables.number}}", lines: "{{variables.lines}}", deliverTo: "a" });
  expect(await getTrigger(tester, whole.id)).toMatchObject({
    variables: ["lines", "number"],
    jsonVariables: ["lines"],
  });
  const single = await make({ number: 1, lines, deliverTo: "a" });
  expect(await getTrigger(tester, single.id)).toMatchObject({ variables: ["item"], jsonVariables: [] });
});

test("WS-Addressing headers go along on request, and the answer relates to them", async () => {
  const made = await run(await makeTransport("", { addressing: true }));
  expect([made.error, made.request?.body]).toEqual([null, expect.stringContaining("MessageID")]);
  expect(made.response?.body).toContain("RelatesTo");
});

test("header blocks of the transport and of the trigger are sent, with variables", async () => {
  const transport = await makeTransport("", { headers: '<t:Tenant xmlns:t="urn:t">7</t:Tenant>' });
  const headers = '<t:Trace xmlns:t="urn:t">{{variables.trace}}</t:Trace>';
  const made = await run(transport, { ...getStock, headers }, { trace: "<x>" });
  expect(made.error).toBeNull();
  expect(made.request?.body).toMatch(/7<\/t:Tenant>.*&lt;x(>|&gt;)<\/t:Trace>/s);
});

describe("what doesn't fit the WSDL", () => {
  test("is refused when the trigger is saved, by the path of the element", async () => {
    const transport = await makeTransport();
    await expect(
      run(transport, { operation: "GetStock", arguments: { site: "a", item: "ab-1" } }),
    ).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ field: "request.arguments.item" }],
    });
    await expect(run(transport, { operation: "Nothing", arguments: {} })).rejects.toMatchObject({
      fields: [{ field: "request.operation" }],
    });
  });

  test("because of a variable is refused before anything is sent, and names the variable", async () => {
    const transport = await makeTransport();
    const request = { operation: "GetStock", arguments: { site: "a", item: "AB-1234", onDate: "{{variables.day}}" } };
    await expect(run(transport, request, { day: "tomorrow" })).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ field: "request.arguments.onDate", message: expect.stringContaining("variables.day") }],
    });
    expect((await sandbox.current.control.listServiceRequests()).filter(({ method }) => method === "POST")).toEqual([]);
    expect((await run(transport, request, { day: "2026-05-01" })).error).toBeNull();
  });

  test("shows in the preview, beside the envelope that would be sent", async () => {
    const transport = await makeTransport();
    const preview = await previewTrigger(tester, {
      transportId: transport.id,
      request: getStock,
      variables: { site: "a" },
    });
    expect(preview).toMatchObject({ method: "POST", problems: [], body: expect.stringContaining("GetStock") });
    const wrong = { operation: "GetStock", arguments: { site: "a" } };
    const other = await previewTrigger(tester, { transportId: transport.id, request: wrong });
    expect(other.problems).toMatchObject([{ about: "arguments" }]);
  });
});

describe("a token that the service refuses", () => {
  test("with 401 is renewed and the call is sent once more", async () => {
    const transport = await makeTransport();
    await sandbox.current.control.refuseAtService({ times: 1 });
    const made = await run(transport);
    expect(made).toMatchObject({ status: "succeeded", attempts: 2 });
    expect(made.attemptLog.map(({ response }) => response?.status)).toEqual([401, 200]);
  });

  test.each(["expired-fault", "expired-body"])(
    "by %s is renewed, and the call repeated where that is safe",
    async (variant) => {
      const transport = await makeTransport(variant);
      const made = await run(transport, { ...getStock, safeToRepeat: true });
      expect(made).toMatchObject({ status: "succeeded", attempts: 2, soap: { fault: null } });
      expect(made.attemptLog[0]).toMatchObject({ error: { code: "service_refused_token" } });
      expect(made.attemptLog[1]!.token!.source).not.toBe("cache");
    },
  );

  test("by a Fault is dropped, and the call not repeated where that is not safe", async () => {
    const transport = await makeTransport("expired-fault");
    const first = await run(transport);
    expect(first).toMatchObject({
      status: "failed",
      attempts: 1,
      error: { code: "service_refused_token", hint: expect.stringContaining("safe to repeat") },
    });
    const second = await run(transport);
    expect(second).toMatchObject({ status: "succeeded", attempts: 1 });
    expect(second.token!.source).not.toBe("cache");
  });
});

describe("a UsernameToken", () => {
  const authorization = { kind: "none" };
  test.each(["text", "digest"])("as %s is accepted, and no receipt shows the password", async (passwordType) => {
    const security = { username: WSSE_USER, password: WSSE_PASSWORD, passwordType, addTimestamp: true };
    const transport = await makeTransport("wsse", { security }, { authorization });
    expect(transport.soap?.security).toMatchObject({ username: WSSE_USER, passwordSetAt: expect.any(String) });
    const made = await run(transport);
    expect(made.error).toBeNull();
    expect(made.request?.body).toMatch(/Password[^>]*>\[removed\]</);
    expect(JSON.stringify(made)).not.toContain("sandbox-wsse");
    expect(JSON.stringify(transport)).not.toContain("sandbox-wsse");
  });

  test("with a wrong password is a Fault", async () => {
    const security = { username: WSSE_USER, password: "wrong-password" };
    const made = await run(await makeTransport("wsse", { security }, { authorization }));
    expect(made).toMatchObject({
      error: { code: "soap_fault" },
      soap: { fault: { code: expect.stringMatching(/FailedAuth/) } },
    });
  });
});

describe("answers that are not as they should be", () => {
  test("a Fault that comes with 200 is a failed run", async () => {
    const made = await run(await makeTransport("fault-200"), getStock, { site: "" });
    expect(made).toMatchObject({ status: "failed", response: { status: 200 }, error: { code: "soap_fault" } });
  });

  test("an empty 500 is a failed run without a Fault", async () => {
    const made = await run(await makeTransport("empty-500"));
    expect(made).toMatchObject({ status: "failed", error: { code: "service_error" }, soap: { fault: null } });
  });

  test("an envelope as text/plain is read all the same", async () => {
    const made = await run(await makeTransport("plain-text"));
    expect(made).toMatchObject({ status: "succeeded", soap: { json: { item: "AB-1234" } } });
  });

  test("of a multipart answer the envelope is read and the attachments are listed", async () => {
    const made = await run(await makeTransport("multipart"));
    expect(made).toMatchObject({
      status: "succeeded",
      soap: {
        json: { item: "AB-1234" },
        xml: expect.stringContaining("GetStockResponse"),
        attachments: [{ contentType: "application/octet-stream", bytes: 8 }],
      },
    });
  });

  test("a page in place of an envelope is a failed run that says so", async () => {
    const endpointUrl = `${sandbox.current.serviceUrl}/html`;
    const made = await run(await makeTransport("", { endpointUrl }));
    expect(made).toMatchObject({
      status: "failed",
      error: { code: "soap_answer_unreadable" },
      response: { status: 200 },
    });
  });
});

describe("raw envelopes", () => {
  const envelope =
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><Ping xmlns="urn:sallyport:sandbox:stock">{{variables.text}}</Ping></e:Body></e:Envelope>';
  const raw = () => ({
    raw: true,
    wsdlUrl: "",
    service: "",
    port: "",
    endpointUrl: `${sandbox.current.serviceUrl}/soap/stock`,
  });

  test("need no WSDL, and values are escaped in them", async () => {
    const transport = await makeTransport("", raw());
    expect(transport.wsdl).toBeNull();
    const request = { operation: "", arguments: {}, envelope, action: "urn:sallyport:sandbox:stock:Ping" };
    const made = await run(transport, request, { text: "<a> & b" });
    expect(made.error).toBeNull();
    expect(made.request?.body).toContain("&lt;a&gt; &amp; b");
    expect(JSON.stringify(made.soap?.json)).toContain("<a> & b");
  });

  test("and operations don't mix", async () => {
    await expect(run(await makeTransport("", raw()), getStock)).rejects.toMatchObject({
      fields: [{ field: "request.envelope" }],
    });
    await expect(run(await makeTransport(), { operation: "", envelope, arguments: {} })).rejects.toMatchObject({
      fields: [{ field: "request.operation" }],
    });
  });
});

test("a test of a WS_SOAP transport asks for its WSDL with the token", async () => {
  const made = await testTransport(tester, (await makeTransport("guarded")).id);
  expect(made).toMatchObject({ event: "test", status: "succeeded", request: { method: "GET" }, soap: null });
});
