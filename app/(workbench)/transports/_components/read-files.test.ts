import { expect, test } from "vitest";
import { decodeXml, putWsdlFirst } from "./read-files.ts";

test("a document is read in the encoding that it declares", () => {
  const latin1 = Uint8Array.from(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Größe</a>', "latin1"));
  expect(decodeXml(latin1)).toContain("Größe");
});

test("a byte order mark decides before the declaration", () => {
  const utf16 = Buffer.from('\ufeff<?xml version="1.0" encoding="utf-8"?><a>Größe</a>', "utf16le");
  expect(decodeXml(Uint8Array.from(utf16))).toContain("Größe");
});

test("an encoding that nobody knows is read as UTF-8", () => {
  expect(decodeXml(new TextEncoder().encode('<?xml version="1.0" encoding="klingon"?><a>ö</a>'))).toContain("ö");
});

test("the WSDL with the service comes before the WSDL and the schemas that it imports", () => {
  const files = [
    { name: "types.xsd", text: "<xs:schema/>" },
    { name: "bindings.wsdl", text: '<wsdl:definitions name="b"/>' },
    { name: "main.wsdl", text: "<definitions ><service name='S'/></definitions>" },
  ];
  expect(putWsdlFirst(files).map(({ name }) => name)).toEqual(["main.wsdl", "bindings.wsdl", "types.xsd"]);
});
