import { describe, expect, test } from "vitest";
import { compileSmallWsdl, elementOf, exampleOfSmall, problemsOf } from "#scripts/test-soap.ts";

const restriction = (base: string, facets: string) =>
  `<xs:simpleType name="V"><xs:restriction base="${base}">${facets}</xs:restriction></xs:simpleType>`;
const useV = elementOf("in", '<xs:element name="v" type="t:V"/>');
const compileV = (schema: string) => compileSmallWsdl(`${schema}${useV}`);
const facet = (name: string, value: string | number) => `<xs:${name} value="${value}"/>`;
const string = (name: string) => `<xs:element name="${name}" type="xs:string"/>`;

describe("examples fit their own schema", () => {
  const pattern = (text: string) => restriction("xs:string", facet("pattern", text));
  test.each([
    ["a length", restriction("xs:string", facet("length", 18))],
    ["a minimum length", restriction("xs:token", facet("minLength", 3) + facet("maxLength", 5))],
    [
      "the length of a list",
      `<xs:simpleType name="L"><xs:list itemType="xs:int"/></xs:simpleType>${restriction("t:L", facet("minLength", 3))}`,
    ],
    ["octets", restriction("xs:base64Binary", facet("length", 7))],
    ["octets in hex", restriction("xs:hexBinary", facet("length", 7))],
    ["a pattern", pattern("[0-9a-f]{8}-[0-9a-f]{4}")],
    ["a pattern with alternatives", pattern("(AB|CD)\\d{2,}|x")],
    ["a pattern with escapes", pattern("\\d{3}\\-\\d{4}\\.\\w\\S\\i\\c*")],
    ["a pattern with a negated class", pattern("[^a-z\\s]+")],
    ["a pattern and a length", restriction("xs:string", facet("pattern", "[A-Z]+") + facet("length", 6))],
    ["a pattern with a property", pattern("\\p{Lu}\\p{Ll}+")],
    ["a pattern of an e-mail address", pattern("[^@]+@[^\\.]+\\..+")],
    ["a pattern of a number", restriction("xs:decimal", facet("pattern", "\\d+\\.\\d{2}"))],
    [
      "a pattern in two steps",
      `<xs:simpleType name="P"><xs:restriction base="xs:string">${facet("pattern", "[A-Z]*")}</xs:restriction></xs:simpleType>${restriction("t:P", facet("pattern", ".{4}"))}`,
    ],
    ["bounds", restriction("xs:decimal", facet("minExclusive", "0") + facet("maxExclusive", "0.01"))],
    ["a maximum below one", restriction("xs:int", facet("maxInclusive", "-5"))],
    ["an exclusive minimum", restriction("xs:int", facet("minExclusive", "10"))],
    ["a date after another", restriction("xs:date", facet("minExclusive", "2030-12-31"))],
    ["a time before another", restriction("xs:dateTime", facet("maxExclusive", "1999-01-01T00:00:00Z"))],
    ["digits", restriction("xs:decimal", facet("totalDigits", 1))],
    [
      "an enumeration with a pattern",
      restriction("xs:string", facet("enumeration", "a") + facet("enumeration", "1") + facet("pattern", "\\d")),
    ],
    ["a QName", restriction("xs:QName", "")],
    [
      "a union",
      `<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:date"/></xs:simpleType>${restriction("t:U", facet("pattern", "\\d{4}-.*"))}`,
    ],
  ])("%s", (_, schema) => {
    const wsdl = compileV(schema);
    expect(problemsOf(wsdl, exampleOfSmall(wsdl))).toEqual([]);
  });

  const type = (name: string, content: string, more = "") =>
    `<xs:complexType name="${name}" ${more}>${content}</xs:complexType>`;
  const extend = (name: string, base: string, content: string, more = "") =>
    type(
      name,
      `<xs:complexContent><xs:extension base="${base}"><xs:sequence>${content}</xs:sequence></xs:extension></xs:complexContent>`,
      more,
    );
  const sequence = (content: string) => `<xs:sequence>${content}</xs:sequence>`;

  test.each([
    [
      "an abstract type",
      type("V", sequence(string("a")), 'abstract="true"') + extend("D", "t:V", string("d")),
      { "@xsi:type": "D", a: "", d: "" },
    ],
    [
      "an abstract type of abstract types",
      type("V", sequence(string("a")), 'abstract="true"') +
        extend("M", "t:V", "", 'abstract="true"') +
        extend("D", "t:M", string("d")),
      { "@xsi:type": "D", a: "", d: "" },
    ],
    [
      "an abstract type whose first derived type contains itself",
      type("V", "", 'abstract="true"') +
        extend("D", "t:V", '<xs:element name="v" type="t:D"/>') +
        extend("E", "t:V", string("e")),
      { "@xsi:type": "E", e: "" },
    ],
    [
      "a choice that ends",
      type("V", `<xs:choice><xs:element name="v" type="t:V"/>${string("end")}</xs:choice>`),
      expect.anything(),
    ],
    [
      "a choice that can only end elsewhere",
      type("V", `<xs:choice><xs:element name="w" type="t:W"/>${string("end")}</xs:choice>`) +
        type("W", sequence('<xs:element name="w" type="t:W"/>')),
      { end: "" },
    ],
    [
      "a repeated group",
      type("V", `<xs:sequence minOccurs="2" maxOccurs="3">${string("a")}</xs:sequence>`),
      { a: ["", ""] },
    ],
    ["any element", type("V", sequence('<xs:any processContents="lax"/>')), expect.anything()],
    ["nillable recursion", type("V", sequence('<xs:element name="v" type="t:V" nillable="true"/>')), expect.anything()],
    ["a default that isn't valid", type("V", sequence('<xs:element name="v" type="xs:int" default=""/>')), { v: "1" }],
    [
      "required attributes",
      type("V", `<xs:attribute name="a" use="required" type="xs:date"/><xs:attribute ref="xml:lang" use="required"/>`),
      expect.anything(),
    ],
  ])("%s", (_, schema, v) => {
    const wsdl = compileV(schema);
    expect(exampleOfSmall(wsdl)).toEqual({ v });
    expect(problemsOf(wsdl, exampleOfSmall(wsdl))).toEqual([]);
  });
});
