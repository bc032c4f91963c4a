import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { buildEnvelope } from "./build.ts";
import { readSoapAnswer } from "./read.ts";
import { validateArguments } from "./validate.ts";
import { parseWsdl } from "./wsdl.ts";
import { parseXml } from "./xml/parse-xml.ts";

// What comes from outside may be anything: it is refused in words or read, and nothing else.

const location = "http://stock.example/stock?wsdl";
const types = { location: "http://stock.example/stock?xsd=types", text: STOCK_TYPES };
const text = writeWsdl("http://stock.example/stock");
const wsdl = parseWsdl([{ location, text }, types]);
const ref = { service: "Stock", port: "StockSoap", operation: "ReserveStock" };
const envelope =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><ReserveStockResponse xmlns="urn:sallyport:sandbox:stock"><reservation>7</reservation><lines unit="kg"><item>AB-1234</item><quantity>2.50</quantity></lines></ReserveStockResponse></s:Body></s:Envelope>';

/** A text with a part of it replaced. */
const mutated = (whole: string) =>
  fc
    .tuple(
      fc.nat(whole.length),
      fc.nat(40),
      fc.oneof(fc.string(), fc.constantFrom("<", "&", "]]>", "<!--", "</s:Body>", '"', "<a ", "\0")),
    )
    .map(([at, length, part]) => whole.slice(0, at) + part + whole.slice(at + length));

test("any answer is read or has a problem, whatever its media type", () => {
  const bodies = fc.oneof(mutated(envelope), fc.string(), fc.json());
  const mediaTypes = fc.constantFrom(
    "text/xml",
    "text/html",
    'multipart/related; boundary="a"',
    "multipart/related",
    "application/soap+xml; charset=utf-16",
    "nonsense",
  );
  fc.assert(
    fc.property(bodies, mediaTypes, fc.constantFrom(200, 202, 400, 500), (body, type, status) => {
      const reading = readSoapAnswer({ status, headers: [["content-type", type]], body: Buffer.from(body) }, wsdl, ref);
      if (reading.problem === null && !reading.fault && status === 200)
        expect(reading.envelope || body === "").toBe(true);
      JSON.stringify(reading);
    }),
    { numRuns: 600 },
  );
});

test("any WSDL compiles or is refused in words", () => {
  fc.assert(
    fc.property(fc.oneof(mutated(text), fc.string()), (whole) => {
      try {
        parseWsdl([{ location, text: whole }, types]);
      } catch (err) {
        if (!isAppError(err)) throw err;
        expect(["wsdl_invalid", "wsdl_import_refused", "wsdl_too_large"]).toContain(err.code);
      }
    }),
    { numRuns: 150 },
  );
});

test("any arguments are checked, and those that fit become an envelope that can be read", () => {
  fc.assert(
    fc.property(
      fc.object({ key: fc.constantFrom("order", "lines", "item", "@unit", "__proto__", "#text", "#any") }),
      (args) => {
        if (validateArguments(wsdl, ref, args).length > 0) return;
        const { body } = buildEnvelope(wsdl, ref, { arguments: args, now: new Date(0), nonce: Buffer.alloc(16) });
        parseXml(body);
      },
    ),
    { numRuns: 600 },
  );
});

// The same as fast-check's unit "binary", which takes two seconds to number all code points.
const codePoint = fc
  .oneof(fc.nat(0xff), fc.nat(0x10ffff))
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

test("any text is written so that it comes back as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), (value) => {
      const to = { ...ref, operation: "Ping" };
      if (validateArguments(wsdl, to, { Ping: value }).length > 0) return;
      const { body } = buildEnvelope(wsdl, to, {
        arguments: { Ping: value },
        now: new Date(0),
        nonce: Buffer.alloc(16),
      });
      const answer = { status: 200, headers: [], body: Buffer.from(body) };
      expect((readSoapAnswer(answer, wsdl, to).json as { Ping: string }).Ping).toBe(value);
    }),
    { numRuns: 600 },
  );
});

describe("XML that would cost too much", () => {
  test.each([
    ["nests deep", "<a>".repeat(100_000)],
    ["declares entities", `<!DOCTYPE a [<!ENTITY b "${"x".repeat(100)}"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>`],
    ["refers to a file", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ["uses an entity that nobody declared", "<a>&b;</a>"],
  ])("that %s is refused", (_, xml) => {
    expect(() => parseXml(xml)).toThrow();
  });

  test("is not waited for when a value does not fit a pattern", () => {
    const evil = STOCK_TYPES.replace("[A-Z]{2}-[0-9]{4}", "(a+)+b");
    const patterned = parseWsdl([
      { location, text },
      { ...types, text: evil },
    ]);
    const args = { site: "a", item: "a".repeat(24) };
    expect(validateArguments(patterned, { ...ref, operation: "GetStock" }, args)).toEqual([
      { path: "item", message: "must look like (a+)+b." },
    ]);
  });
});
