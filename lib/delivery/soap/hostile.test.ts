import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { expectLinear } from "#scripts/test-growth.ts";
import { findImports } from "./imports.ts";
import { readSoapAnswer } from "./read.ts";
import { parseWsdl } from "./wsdl.ts";

// What a service that is broken or means harm may send: it may be called unreadable, but it may neither throw nor hold up the process.

const documents = [
  { location: "http://stock.example/stock?wsdl", text: writeWsdl("http://stock.example/stock") },
  { location: "http://stock.example/stock?xsd=types", text: STOCK_TYPES },
];
const wsdl = parseWsdl(documents);
const ref = { service: "Stock", port: "StockSoap", operation: "ReserveStock" };
const encoded = readFileSync("scripts/soap-servers/rpc-encoded.wsdl", "utf8").replace("{{address}}", "http://a/b");

const envelope = (content: string, namespace = "http://schemas.xmlsoap.org/soap/envelope/") =>
  `<s:Envelope xmlns:s="${namespace}"><s:Body>${content}</s:Body></s:Envelope>`;
const reservation =
  '<ReserveStockResponse xmlns="urn:sallyport:sandbox:stock"><reservation>7</reservation><lines unit="kg"><item>a</item><quantity>2.50</quantity></lines></ReserveStockResponse>';
const fault =
  "<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring><detail><a>1</a></detail></s:Fault>";
const fault12 =
  '<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:b</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">no</s:Text></s:Reason></s:Fault>';
const multipart = `--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <r>\r\n\r\n${envelope(reservation)}\r\n--b\r\nContent-ID: <a>\r\n\r\nbytes\r\n--b--`;

const makeAnswer = (body: string | Buffer, type = "text/xml", status = 200) => ({
  status,
  headers: [["content-type", type]] as [string, string][],
  body: Buffer.from(body),
});
const read = (...given: Parameters<typeof makeAnswer>) => {
  readSoapAnswer(makeAnswer(...given), null, null);
  return readSoapAnswer(makeAnswer(...given), wsdl, ref);
};

const snippets = [
  "<",
  ">",
  "</",
  "/>",
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",
  "<?",
  "?>",
  "<!DOCTYPE a [",
  "&",
  "&amp;",
  "&#0;",
  "&#xd800;",
  "&b;",
  "\0",
  "\ufeff",
  ' xmlns=""',
  ' xmlns:s="x"',
  ' xmlns:xml="y"',
  " a='",
  ' id="i" href="#i"',
  ' xsi:type="q:r"',
  "s:",
  ":",
  "<__proto__/>",
  "<constructor>",
  "{urn:x}",
  'maxOccurs="-1"',
  'type="t:Nothing"',
  'base="xs:string"',
  ' ref="a"',
  'name="toString"',
  "--b",
  "--b--",
  "\r\n\r\n",
];

/** A text with parts cut out and others put in. */
const mutated = (texts: string[]) =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.nat(), fc.nat(30), fc.constantFrom("", ...snippets)), { minLength: 1, maxLength: 5 }),
    )
    .map(([text, changes]) =>
      changes.reduce((now, [where, length, put]) => {
        const at = where % (now.length + 1);
        return now.slice(0, at) + put + now.slice(at + length);
      }, text),
    );

const types = fc.constantFrom(
  "text/xml",
  "",
  "text/xml; charset=utf-16",
  "text/xml; charset=nothing",
  'text/xml; charset="iso-8859-1"',
  'multipart/related; boundary="b"; start="<r>"',
  "multipart/related; boundary=c",
  "multipart/related",
  'multipart/related; boundary=""',
);
const statuses = fc.constantFrom(200, 202, 204, 500);

describe("an answer never throws", () => {
  test("whatever bytes it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), types, statuses, (body, type, status) => {
        read(Buffer.from(body), type, status);
      }),
      { numRuns: 1000 },
    );
  });

  test("whatever markup it is", () => {
    const soup = fc.array(fc.constantFrom(...snippets, "a", "<a>", "</a>", "<s:Body>"), { maxLength: 40 });
    fc.assert(
      fc.property(soup, types, (parts, type) => {
        read(parts.join(""), type);
        read(envelope(parts.join("")), type);
      }),
      { numRuns: 1000 },
    );
  });

  test("whatever became of a good one on its way", () => {
    const good = [
      envelope(reservation),
      envelope(fault),
      envelope(fault12, "http://www.w3.org/2003/05/soap-envelope"),
      multipart,
    ];
    fc.assert(
      fc.property(mutated(good), types, statuses, (text, type, status) => {
        read(text, type, status);
        read(Buffer.from(text, "utf16le"), type, status);
      }),
      { numRuns: 1500 },
    );
  });

  test("wherever it ends", () => {
    for (let end = 0; end <= multipart.length; end++) read(multipart.slice(0, end), 'multipart/related; boundary="b"');
  });
});

test("entities that expand to billions are refused", () => {
  const entities = Array.from({ length: 20 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join("");
  const laughs = `<!DOCTYPE l [<!ENTITY l0 "ha">${entities}]>${envelope("<a>&l20;</a>")}`;
  expect(read(laughs).problem).toMatch(/DOCTYPE/);
  expect(() => parseWsdl([{ location: "http://a/b", text: laughs }])).toThrow(/DOCTYPE/);
});

test.each([
  ["in a circle", '<m id="a"><x href="#a"/><x href="#a"/></m>'],
  [
    "to two, and those to two each",
    Array.from({ length: 90 }, (_, n) => `<m id="a${n}"><x href="#a${n + 1}"/><x href="#a${n + 1}"/></m>`).join(""),
  ],
])("references that lead %s are refused", (_, referred) => {
  const target = referred.includes('"a0"') ? "#a0" : "#a";
  const answer = makeAnswer(envelope(`<r><y href="${target}"/></r>${referred}`));
  expect(readSoapAnswer(answer, wsdl, ref).problem).toMatch(/references \(href\) lead to more/);
});

test.each([
  ["deep nesting", "<a>"],
  ["unopened ends", "</a>"],
  ["many elements", "<a/>"],
  ["many attributes", '<a b="1">'],
  ["brackets", "<"],
  ["comments without an end", "<!--<!DOCTYPE"],
  ["ampersands", "&"],
  ["spaces", " "],
  ["delimiters", "--b\r\n"],
])("8 times as much of %s takes about 8 times as long, not 64 times", (_, unit) => {
  const readAll = (text: string) => {
    read(text);
    read(envelope(text));
    read(text, 'multipart/related; boundary="b"');
  };
  expectLinear(readAll, unit, 160_000);
});

test("a megabyte of < is called unreadable", () => {
  expect(read("<".repeat(1_000_000)).problem).toMatch(/XML can't be read/);
});

/** What is thrown is for people: which document, and what to do. */
function expectAppError(action: () => unknown): void {
  try {
    action();
  } catch (err) {
    if (!(err instanceof AppError)) throw err;
  }
}

test("a WSDL that was mutilated compiles or is refused in words", () => {
  const texts = [documents[0]!.text, STOCK_TYPES, encoded];
  fc.assert(
    fc.property(mutated(texts), fc.boolean(), (text, isFirst) => {
      const first = { location: documents[0]!.location, text: isFirst ? text : documents[0]!.text };
      const second = { location: documents[1]!.location, text: isFirst ? STOCK_TYPES : text };
      expectAppError(() => findImports({ location: "upload:a.wsdl", text }));
      expectAppError(() => findImports({ location: "http://a/b", text }));
      expectAppError(() => parseWsdl([first, second]));
      expectAppError(() => parseWsdl([{ location: "http://a/b", text }]));
    }),
    { numRuns: 300 },
  );
});
