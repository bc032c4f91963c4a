import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { buildEnvelope, wrapRawEnvelope } from "./build.ts";
import { describeOperation } from "./describe.ts";
import { diffWsdl } from "./diff.ts";
import { findImports } from "./imports.ts";
import { readSoapAnswer } from "./read.ts";
import { validateArguments } from "./validate.ts";
import { hashWsdl, listServices, parseWsdl } from "./wsdl.ts";

const documents = [
  { location: "http://stock.example/stock?wsdl", text: writeWsdl("http://stock.example/stock") },
  { location: "http://stock.example/stock?xsd=types", text: STOCK_TYPES },
];
const wsdl = parseWsdl(documents);
const ref = (operation: string, port = "StockSoap") => ({ service: "Stock", port, operation });
const now = new Date("2026-05-01T08:00:00Z");
const nonce = Buffer.alloc(16, 7);
const order = {
  number: 7,
  lines: [{ "@unit": "kg", item: "AB-1234", quantity: 2.5, note: null }],
  deliverTo: "Line 1",
};
const build = (operation: string, args: object, more: object = {}) =>
  buildEnvelope(wsdl, ref(operation), { arguments: args as never, now, nonce, ...more });

describe("a WSDL", () => {
  test("tells its services, ports and operations", () => {
    expect(listServices(wsdl)).toEqual([
      {
        name: "Stock",
        ports: [
          {
            name: "StockSoap",
            address: "http://stock.example/stock",
            soapVersion: "1.1",
            operations: ["GetStock", "Ping", "ReserveStock"],
          },
          {
            name: "StockSoap12",
            address: "http://stock.example/stock",
            soapVersion: "1.2",
            operations: ["GetStock", "Ping", "ReserveStock"],
          },
        ],
      },
    ]);
  });

  test("names its imports as absolute URLs", () => {
    expect(findImports(documents[0]!)).toMatchObject([{ location: "http://stock.example/stock?xsd=types" }]);
  });

  test.each(["file:///etc/passwd", "ftp://stock.example/types.xsd", "data:text/xml,x"])(
    "does not lead to %s",
    (location) => {
      const text = documents[0]!.text.replace("?xsd=types", location);
      expect(() => findImports({ ...documents[0]!, text })).toThrow(
        expect.objectContaining({ code: "wsdl_import_refused" }),
      );
    },
  );

  test("with a document type declaration is refused, entities or not", () => {
    const text = documents[0]!.text.replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>');
    expect(() => parseWsdl([{ ...documents[0]!, text }])).toThrow(
      expect.objectContaining({ code: "wsdl_invalid", message: expect.stringContaining("DOCTYPE") }),
    );
  });

  test("that is broken says where", () => {
    expect(() => parseWsdl([{ location: "http://a/x", text: "<a>\n<b></a>" }])).toThrow(/http:\/\/a\/x/);
    expect(() => parseWsdl([{ location: "http://a/x", text: "<html><body>hi</body></html>" }])).toThrow(
      /web page|root is html/,
    );
    expect(() => parseWsdl([documents[0]!])).toThrow(/GetStock.*not defined/);
  });

  test("has a hash that the order of its imports does not change", () => {
    const more = { location: "http://stock.example/b", text: "<b/>" };
    expect(hashWsdl([...documents, more])).toBe(hashWsdl([documents[0]!, more, documents[1]!]));
    expect(hashWsdl(documents)).not.toBe(hashWsdl([documents[0]!, { ...documents[1]!, text: `${STOCK_TYPES} ` }]));
  });
});

describe("arguments", () => {
  test("that fit have no problems, and the example fits", () => {
    expect(validateArguments(wsdl, ref("ReserveStock"), { order })).toEqual([]);
    const described = describeOperation(wsdl, ref("ReserveStock"));
    const problems = validateArguments(wsdl, ref("ReserveStock"), described.exampleArguments);
    expect(problems).toEqual([]);
  });

  test.each([
    [{ order: { ...order, number: "seven" } }, "order.number"],
    [{ order: { ...order, number: 2 ** 31 } }, "order.number"],
    [{ order: { ...order, lines: [] } }, "order.lines"],
    [{ order: { ...order, lines: [{ ...order.lines[0], "@unit": "ton" }] } }, "order.lines[0].@unit"],
    [{ order: { ...order, lines: [order.lines[0], { ...order.lines[0], quantity: "x" }] } }, "order.lines[1].quantity"],
    [{ order: { ...order, lines: [{ item: "AB-1234", quantity: 1 }] } }, "order.lines[0].@unit"],
    [{ order: { ...order, pickUpOn: "2026-05-01" } }, "order"],
    [{ order: { number: 7, lines: order.lines } }, "order"],
    [{ order: { ...order, deliverTo: null } }, "order.deliverTo"],
    [{ order: { ...order, more: 1 } }, "order.more"],
    [{ order: { ...order, deliverTo: undefined, pickUpOn: "2026-02-30" } }, "order.pickUpOn"],
    [{}, "order"],
  ])("%j don't fit, and the path tells where", (args, path) => {
    expect(validateArguments(wsdl, ref("ReserveStock"), args)).toMatchObject([{ path }]);
  });

  test("may hold templates where that is said", () => {
    const args = { order: { ...order, number: "{{variables.number}}", lines: "{{variables.lines}}" } };
    expect(validateArguments(wsdl, ref("ReserveStock"), args, { templates: true })).toEqual([]);
    expect(validateArguments(wsdl, ref("ReserveStock"), args)).not.toEqual([]);
  });

  test("of an operation that is not there are an error", () => {
    expect(() => validateArguments(wsdl, ref("Nothing"), {})).toThrow(expect.objectContaining({ code: "not_found" }));
  });
});

describe("an envelope", () => {
  test("has the elements in the schema's order, qualified, escaped and nil where they are null", () => {
    const { body, contentType, headers } = build("ReserveStock", {
      order: { deliverTo: "A & <B>", lines: order.lines, number: 7 },
    });
    expect(body).toMatch(
      /<soap:Body><(n\d):ReserveStock><\1:order><\1:number>7<\/\1:number><\1:lines unit="kg"><\1:item>AB-1234<\/\1:item><\1:quantity>2.5<\/\1:quantity><\1:note xsi:nil="true"\/><\/\1:lines><\1:deliverTo>/,
    );
    expect(contentType).toBe("text/xml; charset=utf-8");
    expect(headers).toEqual([["SOAPAction", '"urn:sallyport:sandbox:stock:ReserveStock"']]);
  });

  test("of SOAP 1.2 names the action in the media type", () => {
    const built = buildEnvelope(wsdl, ref("Ping", "StockSoap12"), { arguments: { Ping: "a<b" }, now, nonce });
    expect(built.contentType).toBe('application/soap+xml; charset=utf-8; action="urn:sallyport:sandbox:stock:Ping"');
    expect(built.body).toMatch(/2003\/05\/soap-envelope.*Ping>a&lt;b<\//s);
  });

  test("takes header blocks, but nothing that would end the header", () => {
    expect(build("Ping", { Ping: "" }, { headers: [{ xml: "<a/><b/>" }] }).body).toContain(
      "<soap:Header><a/><b/></soap:Header>",
    );
    expect(() => build("Ping", { Ping: "" }, { headers: [{ xml: "</headers><x/><headers>" }] })).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    );
  });

  test("that is written by hand must be one", () => {
    const raw = (envelope: string) => wrapRawEnvelope({ envelope, soapVersion: "1.1", action: "a" });
    expect(raw("<e:Envelope xmlns:e='x'/>").headers).toEqual([["SOAPAction", '"a"']]);
    expect(() => raw("<a/>")).toThrow(/not an Envelope/);
    expect(() => raw("<Envelope>")).toThrow(/can't be read/);
  });
});

describe("an answer", () => {
  const envelope = (content: string) =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;
  const read = (text: string | Buffer, type = "text/xml", status = 200) =>
    readSoapAnswer({ status, headers: [["content-type", type]], body: Buffer.from(text) }, wsdl, ref("ReserveStock"));

  test("becomes data, with lists where the schema repeats", () => {
    const content =
      '<ReserveStockResponse xmlns="urn:sallyport:sandbox:stock"><reservation>7</reservation><lines unit="kg"><item>AB-1234</item><quantity>2.50</quantity></lines></ReserveStockResponse>';
    expect(read(envelope(content)).json).toEqual({
      reservation: 7,
      lines: [{ "@unit": "kg", item: "AB-1234", quantity: 2.5 }],
    });
  });

  test.each([
    ["a web page", "<!doctype html><p>hi", "text/html", /web page/],
    ["JSON", '{"a":1}', "application/json", /JSON/],
    ["other XML", "<a/>", "text/xml", /no SOAP envelope/],
    ["nothing", "", "text/xml", /empty/],
  ])("that is %s has a problem", (_, text, type, problem) => {
    expect(read(text, type)).toMatchObject({ envelope: false, json: null, problem: expect.stringMatching(problem) });
  });

  test("with a document type declaration is not read", () => {
    expect(read(`<!DOCTYPE a [<!ENTITY b "c">]>${envelope("<a>&b;</a>")}`).problem).toMatch(/DOCTYPE/);
  });
});

test("a difference is told by operation, in words", () => {
  const text = STOCK_TYPES.replace(
    'name="onDate" type="xsd:date" minOccurs="0"',
    'name="onDate" type="xsd:dateTime"',
  ).replace('<xsd:element name="number" type="xsd:int"/>', "");
  const { changes } = diffWsdl(wsdl, parseWsdl([documents[0]!, { ...documents[1]!, text }]));
  expect(changes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "changed Stock/StockSoap/GetStock",
    "changed Stock/StockSoap/ReserveStock",
    "changed Stock/StockSoap12/GetStock",
    "changed Stock/StockSoap12/ReserveStock",
  ]);
  expect(changes[0]!.details).toEqual(["Input onDate is required, dateTime, was optional, date."]);
  expect(changes[1]!.details).toEqual(["Input order.number is gone."]);
});

test("rpc/encoded says the types and the size of arrays", () => {
  const text = readFileSync("scripts/soap-servers/rpc-encoded.wsdl", "utf8").replace("{{address}}", "http://a/b");
  const encoded = parseWsdl([{ location: "http://a/b?wsdl", text }]);
  const args = {
    order: { id: 1, due: "2026-05-01", priority: "high", note: null, lines: [{ item: "a", quantity: "1" }] },
  };
  const to = { service: "Warehouse", port: "WarehousePort", operation: "echoOrder" };
  expect(validateArguments(encoded, to, args)).toEqual([]);
  const { body } = buildEnvelope(encoded, to, { arguments: args, now, nonce });
  expect(body).toMatch(/enc:arrayType="n\d:Line\[1\]"/);
  expect(body).toContain('<id xsi:type="xsd:int">1</id>');
});
