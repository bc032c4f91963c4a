import { expect, test } from "vitest";
import {
  buildSmall,
  compileSmall,
  elementOf,
  extensionOf,
  inputOf,
  optional,
  schemaOf,
  smallWsdl,
  text,
  typeOf,
} from "#scripts/small-wsdl.ts";

const base = typeOf("A", optional("k", "t:B"));
const derived = extensionOf("B", "t:A", text("x"));
const useA = inputOf('<xs:element name="a" type="t:A"/>');
const chain = (schema: string, args: Record<string, unknown>) => buildSmall(compileSmall(smallWsdl(schema)), args);

test.each([
  ["base type first", base + derived],
  ["derived type first", derived + base],
])("a base type can contain its derived type, %s", (_, types) => {
  expect(chain(types + useA, { a: { k: { x: "1" } } })).toBe("<t:in><t:a><t:k><t:x>1</t:x></t:k></t:a></t:in>");
});

test.each([
  ["an element of an anonymous type", elementOf("n", `${text("v")}<xs:element ref="t:n" minOccurs="0"/>`)],
  [
    "a group, through an element",
    `<xs:group name="g"><xs:sequence>${text("v")}<xs:element name="n" minOccurs="0"><xs:complexType><xs:group ref="t:g"/></xs:complexType></xs:element></xs:sequence></xs:group>
     <xs:element name="n"><xs:complexType><xs:group ref="t:g"/></xs:complexType></xs:element>`,
  ],
  [
    "a substitution group, through its head",
    `<xs:element name="n" type="t:N"/><xs:element name="m" substitutionGroup="t:n"/>${typeOf("N", `${text("v")}<xs:element ref="t:n" minOccurs="0"/>`)}`,
  ],
  [
    "an extension of an extension",
    `${typeOf("N0", text("v"))}${extensionOf("N1", "t:N0", optional("n", "t:N2"))}${extensionOf("N2", "t:N1", "")}<xs:element name="n" type="t:N2"/>`,
  ],
])("%s can contain itself", (_, schema) => {
  const args = { n: { v: "1", n: { v: "2" } } };
  const body = "<t:in><t:n><t:v>1</t:v><t:n><t:v>2</t:v></t:n></t:n></t:in>";
  expect(chain(schema + inputOf('<xs:element ref="t:n"/>'), args)).toBe(body);
});

test("simple content and attributes of a type that is derived from the type of its element", () => {
  const schema = `<xs:complexType name="Text"><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="lang" type="t:Lang"/></xs:extension></xs:simpleContent></xs:complexType>
    <xs:simpleType name="Lang"><xs:restriction base="t:Code"/></xs:simpleType><xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:length value="2"/></xs:restriction></xs:simpleType>`;
  const args = { a: { "@lang": "de", "#text": "x" } };
  expect(chain(schema + inputOf('<xs:element name="a" type="t:Text"/>'), args)).toBe(
    '<t:in><t:a lang="de">x</t:a></t:in>',
  );
});

test("a type that is its own base disables what needs it, and nothing else", () => {
  const circular = extensionOf("C", "t:D", "") + extensionOf("D", "t:C", "");
  const wsdl = compileSmall(smallWsdl(circular + inputOf(text("a") + optional("c", "t:C"))));
  expect(buildSmall(wsdl, { a: "1" })).toBe("<t:in><t:a>1</t:a></t:in>");
  expect(wsdl.services[0]!.omitted).toMatchObject([{ what: "member", name: "c" }]);
  expect(() => compileSmall(smallWsdl(circular + inputOf('<xs:element name="c" type="t:C"/>')))).toThrow(
    /derived from itself/,
  );
});

test.each([
  [
    "a union",
    '<xs:simpleType name="U"><xs:union memberTypes="xs:int t:V"/></xs:simpleType><xs:simpleType name="V"><xs:restriction base="t:W"/></xs:simpleType><xs:simpleType name="W"><xs:union memberTypes="t:U"/></xs:simpleType>',
  ],
  [
    "a list",
    '<xs:simpleType name="U"><xs:list itemType="t:V"/></xs:simpleType><xs:simpleType name="V"><xs:list itemType="t:U"/></xs:simpleType>',
  ],
])("%s that contains itself disables what needs it", (_, types) => {
  const wsdl = compileSmall(smallWsdl(types + inputOf(text("a") + optional("u", "t:U"))));
  expect(buildSmall(wsdl, { a: "1" })).toBe("<t:in><t:a>1</t:a></t:in>");
  expect(wsdl.services[0]!.omitted).toMatchObject([{ what: "member", name: "u" }]);
});

const included = (content: string, form = "qualified") =>
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="${form}">${content}</xs:schema>`;

test.each([
  ["a type", typeOf("B", text("c")) + typeOf("A", '<xs:element name="b" type="B"/>')],
  [
    "an element",
    `<xs:element name="b">${typeOf("", text("c")).replace(' name=""', "")}</xs:element>${typeOf("A", '<xs:element ref="b"/>')}`,
  ],
  [
    "a group",
    `<xs:group name="G"><xs:sequence><xs:element name="b" type="B"/></xs:sequence></xs:group>${typeOf("B", text("c"))}<xs:complexType name="A"><xs:group ref="G"/></xs:complexType>`,
  ],
  ["a base type", typeOf("Z", text("c")) + extensionOf("B", "Z", "") + typeOf("A", '<xs:element name="b" type="B"/>')],
])("%s of a schema without a namespace is in the namespace of the schema that includes it", (_, content) => {
  const types = schemaOf(`<xs:include schemaLocation="outer.xsd"/>${useA}`);
  const wsdl = compileSmall(smallWsdl("", { types }), {
    "outer.xsd": included('<xs:include schemaLocation="common.xsd"/>'),
    "common.xsd": included(content),
  });
  expect(buildSmall(wsdl, { a: { b: { c: "1" } } })).toBe("<t:in><t:a><t:b><t:c>1</t:c></t:b></t:a></t:in>");
});

test("a schema that two schemas include is in both of their namespaces", () => {
  const include = '<xs:include schemaLocation="common.xsd"/>';
  const types = `${schemaOf(include, "urn:u")}${schemaOf(`${include}<xs:import namespace="urn:u"/>${inputOf('<xs:element name="a" type="t:A"/><xs:element name="b" type="u:A"/>')}`)}`;
  const wsdl = compileSmall(smallWsdl("", { types }), { "common.xsd": included(typeOf("A", text("c"))) });
  const args = { a: { c: "1" }, b: { c: "2" } };
  expect(buildSmall(wsdl, args)).toBe("<t:in><t:a><t:c>1</t:c></t:a><t:b><u:c>2</u:c></t:b></t:in>");
});
