import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { elementOf, inputOf, optional, schemaOf, smallWsdl, text } from "#scripts/small-wsdl.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { previewWsdl } from "./preview-wsdl.ts";
import { reloadWsdl } from "./reload-wsdl.ts";
import { createTransportWithWsdl } from "./save-transport.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();

/** A server of documents by their path; a number is a status, `to …` a redirect. */
let server: Listening;
let url: string;
let nodeId: string;
let documents: Record<string, string | number> = {};
let bodies: string[] = [];

beforeAll(async () => {
  server = await listen(async (request, response) => {
    const found = documents[request.url ?? ""] ?? 404;
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (request.method === "POST") bodies.push(body);
    if (typeof found === "number") response.writeHead(found).end();
    else if (found.startsWith("to ")) response.writeHead(302, { location: found.slice(3) }).end();
    else response.writeHead(200, { "content-type": "text/xml" }).end(found);
  });
  url = `http://127.0.0.1:${server.port}`;
  nodeId = await insertNode("Plant");
});
afterAll(() => server.close());
beforeEach(() => {
  documents = {};
  bodies = [];
});

const schema = schemaOf(inputOf(text("a")));
const including = (location: string) =>
  smallWsdl("", { types: schemaOf(`<xs:include schemaLocation="${location}"/>`) });
const preview = (soap: object) => previewWsdl(tester, { nodeId, soap });
const create = (soap: object, more: object = {}) =>
  createTransportWithWsdl(
    tester,
    transportInput.parse({ name: `Imports ${randomUUID()}`, nodeId, type: "WS_SOAP", soap, ...more }),
  );

describe("imports", () => {
  test("are relative to the URL that a redirect leads to, also when the WSDL is read again", async () => {
    documents = {
      "/service?wsdl": "to /sub/folder/service.wsdl",
      "/sub/folder/service.wsdl": including("common.xsd"),
      "/sub/folder/common.xsd": "to /other/types.xsd",
      "/other/types.xsd": schemaOf('<xs:include schemaLocation="more.xsd"/>'),
      "/other/more.xsd": schema,
    };
    const made = await create({ wsdlUrl: `${url}/service?wsdl` });
    expect(made.wsdl).toMatchObject({ entry: `${url}/service?wsdl`, services: [{ ports: [{ operations: ["op"] }] }] });
    expect(await reloadWsdl(tester, made.id)).toMatchObject({
      changed: false,
      documents: [{}, { location: `${url}/sub/folder/common.xsd` }, { location: `${url}/other/more.xsd` }],
    });
  });

  test("that nothing needs can be missing, and are listed", async () => {
    const types = schemaOf(
      `<xs:import namespace="urn:u" schemaLocation="none.xsd"/>${inputOf(text("a") + optional("u", "u:U"))}`,
    );
    documents["/s.wsdl"] = smallWsdl("", { types });
    const [service] = (await preview({ wsdlUrl: `${url}/s.wsdl` })).services;
    expect(service?.omitted).toMatchObject([
      { what: "member", name: "u" },
      { what: "document", name: `${url}/none.xsd`, reason: expect.stringContaining("404") },
    ]);
  });

  test.each([404, 503])("that everything needs are the reason if they answer %i", async (status) => {
    documents = { "/s.wsdl": including("none.xsd"), "/none.xsd": status };
    await expect(preview({ wsdlUrl: `${url}/s.wsdl` })).rejects.toMatchObject({
      code: "wsdl_unavailable",
      message: expect.stringContaining(String(status)),
    });
  });

  test("that something needs and that might be there later are the reason", async () => {
    const types = schemaOf(
      `<xs:import namespace="urn:u" schemaLocation="later.xsd"/>${inputOf(text("a") + optional("u", "u:U"))}`,
    );
    documents = { "/s.wsdl": smallWsdl("", { types }), "/later.xsd": 503 };
    await expect(preview({ wsdlUrl: `${url}/s.wsdl` })).rejects.toMatchObject({ code: "wsdl_unavailable" });
  });
});

describe("uploaded documents", () => {
  const importOf = (namespace: string, location?: string) =>
    `<xs:import namespace="${namespace}"${location ? ` schemaLocation="${location}"` : ""}/>`;
  test("of one name in two folders are each found, relative to the document that imports them", async () => {
    const item = (namespace: string) => schemaOf(text("a"), namespace);
    const types = schemaOf(
      `${importOf("urn:u", "u/types.xsd")}${importOf("urn:v", "v/outer.xsd")}${inputOf('<xs:element ref="u:a"/>')}`,
    );
    const outer = schemaOf('<xs:include schemaLocation="types.xsd"/>', "urn:v");
    const uploaded = [
      { name: "u/types.xsd", text: item("urn:u") },
      { name: "s.wsdl", text: smallWsdl("", { types }) },
      { name: "v/outer.xsd", text: outer },
      { name: "v/types.xsd", text: item("urn:v") },
    ];
    const read = await preview({ documents: uploaded });
    expect(read.documents.map(({ location }) => location)).toEqual([
      "upload:s.wsdl",
      "upload:u/types.xsd",
      "upload:v/outer.xsd",
      "upload:v/types.xsd",
    ]);
  });

  test.each([
    ["by the query of the location", `${importOf("urn:t", "http://127.0.0.1:9/Service.svc?xsd=xsd0")}`, "xsd0.xsd"],
    ["by their namespace", importOf("urn:t", "http://127.0.0.1:9/other"), "any.xsd"],
    ["by their namespace, without a location", importOf("urn:t"), "any.xsd"],
  ])("are found %s", async (_, imports, name) => {
    const wsdl = smallWsdl("", { types: schemaOf(imports, "urn:t:imports") });
    const read = await preview({
      documents: [
        { name: "Service.wsdl", text: wsdl },
        { name, text: schema },
      ],
    });
    expect(read.services).toMatchObject([{ ports: [{ operations: ["op"] }] }]);
  });
});

describe("the service and the port", () => {
  const upload = (wsdl: string) => ({ documents: [{ name: "s.wsdl", text: wsdl }] });
  const second = '<port name="p2" binding="t:b"><soap:address location="http://erp.example/2"/></port>';
  const wsdl = smallWsdl(inputOf(text("a")));
  const field = (name: string, message: RegExp) => ({
    code: "invalid_input",
    fields: [{ field: name, message: expect.stringMatching(message) }],
  });

  test("are selected if there is only one of each", async () => {
    expect((await create(upload(wsdl))).soap).toMatchObject({ service: "s", port: "p" });
    expect((await create({ ...upload(wsdl), service: "s" })).soap).toMatchObject({ port: "p" });
  });

  test("have to be chosen if there are several", async () => {
    const twoPorts = wsdl.replace("</service>", `${second}</service>`);
    await expect(create(upload(twoPorts))).rejects.toMatchObject(field("soap.port", /p, p2/));
    expect((await create({ ...upload(twoPorts), port: "p2" })).soap).toMatchObject({ service: "s", port: "p2" });
    const twoServices = wsdl.replace("</definitions>", `<service name="s2">${second}</service></definitions>`);
    await expect(create(upload(twoServices))).rejects.toMatchObject(field("soap.service", /s, s2/));
    expect((await create({ ...upload(twoServices), port: "p2" })).soap).toMatchObject({ service: "s2", port: "p2" });
  });

  test("have to be entered while the WSDL can't be read", async () => {
    await expect(create({ wsdlUrl: `${url}/none` })).rejects.toMatchObject(field("soap.service", /couldn't be read/));
  });
});

test("{{token}} in a transport's header blocks is the credential's token, which the receipt doesn't show", async () => {
  documents["/call"] =
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><i xmlns="urn:t">7</i></s:Header><s:Body/></s:Envelope>';
  const credentialId = (await store(genericInput(sandbox.current))).id;
  const soap = {
    documents: [{ name: "s.wsdl", text: smallWsdl(inputOf(text("a")) + elementOf("out", "")) }],
    endpointUrl: `${url}/call`,
    headers: '<t:Session xmlns:t="urn:t">{{token}}</t:Session>',
  };
  const run = async (more: object) => {
    const transport = await create(soap, more);
    const request = { operation: "op", arguments: { a: "{{variables.a}}" } };
    const entered = { name: randomUUID(), nodeId, transportId: transport.id, request };
    const trigger = await createTrigger(tester, triggerInput.parse(entered));
    return fireTrigger(tester, trigger.id, { variables: { a: "{{token}}" } });
  };
  const made = await run({ authorization: { kind: "credential", credentialId } });
  const sent = /<t:Session[^>]*>([^<]+)<.*:a>([^<]+)</s.exec(bodies[0] ?? "");
  expect(sent?.[2]).toBe("{{token}}");
  expect(sent?.[1]).toMatch(/^[\w.~+/-]{20,}=*$/);
  expect(JSON.stringify(made)).not.toContain(sent![1]!);
  expect(made.soap?.headers).toEqual({ i: "7" });
  expect(await run({})).toMatchObject({ status: "failed", error: { code: "transport_unusable" } });
});
