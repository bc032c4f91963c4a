import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { buildEnvelope } from "./build.ts";
import { findLexicalProblem } from "./find-lexical-problem.ts";
import { exampleOf, isInteger } from "./lexical.ts";
import type { AttributeNode, ElementNode, GroupNode, Particle, SimpleType, Types, Wsdl } from "./model.ts";
import { localOf } from "./names.ts";
import { readSoapAnswer } from "./read.ts";
import { validateArguments } from "./validate.ts";
import { requireType } from "./values.ts";
import { parseWsdl } from "./wsdl.ts";

// Arguments are made up from the description of an operation; they must fit, and what is written must be read as the same again. For
// reading, each operation answers with what it takes.

type Members = Record<string, unknown>;
const members = (parts: fc.Arbitrary<Members>[]): fc.Arbitrary<Members> =>
  fc.tuple(...parts).map((each) => Object.assign({}, ...each) as Members);

const text = fc.string({ unit: fc.constantFrom(..."aZ09 <>&\"']é€😀\n\t\r-".split(/(?:)/u)), maxLength: 12 });

function arbitraryValue(types: Types, type: SimpleType): fc.Arbitrary<unknown> {
  const fits = (value: unknown) => findLexicalProblem(types, type, String(value)) === null;
  if (type.enumeration) return fc.constantFrom(...type.enumeration);
  if (type.unionOf || type.listOf) {
    const [name] = type.unionOf ?? [type.listOf!];
    const item = arbitraryValue(types, requireType(types, name!) as SimpleType).map(String);
    return type.unionOf ? item : fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(" "));
  }
  if (isInteger(type.base))
    return fc.constantFrom(...[-128, -1, 0, 1, 2, 5, 100, 127, 65_535, 2 ** 31 - 1].filter(fits));
  if (["decimal", "double", "float"].includes(type.base))
    return fc.constantFrom(...[0, 1, -2.5, 0.000_001, 1e-7, 123_456.789, 2.5].filter(fits));
  if (type.base === "boolean") return fc.boolean();
  if (type.base === "string") return type.facets ? fc.constantFrom("a", "AB-1234", "123456789").filter(fits) : text;
  return fc.constant(exampleOf(type) || "a");
}

function arbitraryAttribute(types: Types, { name, type, required, fixed }: AttributeNode): fc.Arbitrary<Members> {
  const value =
    fixed === undefined ? arbitraryValue(types, requireType(types, type) as SimpleType) : fc.constant(fixed);
  const given = value.map((each): Members => ({ [`@${name}`]: String(each) }));
  return required ? given : fc.oneof(fc.constant({}), given);
}

function arbitraryElement(types: Types, node: ElementNode, depth: number): fc.Arbitrary<unknown> {
  const declared = requireType(types, node.type);
  const derived = Object.entries(types).find(([, each]) => each.kind === "complex" && each.derivedFrom === node.type);
  const isAbstract = declared.kind === "complex" && declared.abstract;
  const type = isAbstract ? derived![1] : declared;
  const value = ((): fc.Arbitrary<unknown> => {
    if (node.fixed !== undefined) return fc.constant(node.fixed);
    if (type.kind === "simple") return arbitraryValue(types, type);
    if (type.arrayOf) {
      const item: ElementNode = { ...node, type: type.arrayOf, nillable: false };
      return fc.array(arbitraryElement(types, item, depth + 1), { maxLength: 3 });
    }
    const attributes = type.attributes.map((each) => arbitraryAttribute(types, each));
    const named = isAbstract ? [fc.constant({ "@xsi:type": localOf(derived![0]) })] : [];
    if (type.text) {
      const own = arbitraryValue(types, requireType(types, type.text) as SimpleType);
      return members([...attributes, own.map((each) => ({ "#text": each }))]);
    }
    return members([...named, ...attributes, arbitraryParticle(types, type.content, depth + 1, false)]);
  })();
  return node.nillable ? fc.oneof({ weight: 3, arbitrary: value }, fc.constant(null)) : value;
}

/** @param isRepeated whether a group around it may repeat. */
function arbitraryParticle(
  types: Types,
  particle: Particle | null,
  depth: number,
  isRepeated: boolean,
): fc.Arbitrary<Members> {
  if (!particle || particle.kind === "any" || (particle.min === 0 && depth > 4)) return fc.constant({});
  const may = (given: fc.Arbitrary<Members>) => (particle.min === 0 ? fc.oneof(fc.constant({}), given) : given);
  const repeats = isRepeated || particle.max === null || particle.max > 1;
  if (particle.kind === "element") {
    const value = arbitraryElement(types, particle, depth);
    const most = isRepeated ? 3 : Math.min(particle.max ?? 3, 3);
    const list = fc.array(value, { minLength: Math.max(1, particle.min), maxLength: Math.max(most, particle.min) });
    return may((repeats ? list : value).map((given) => ({ [particle.name]: given })));
  }
  return may(arbitraryGroup(types, particle, depth, repeats));
}

function arbitraryGroup(types: Types, group: GroupNode, depth: number, repeats: boolean): fc.Arbitrary<Members> {
  const items = group.items.map((item) => arbitraryParticle(types, item, depth, repeats));
  if (items.length === 0) return fc.constant({});
  return group.kind === "choice" ? fc.oneof(...items) : members(items);
}

const various = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:v" targetNamespace="urn:v" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
  <types><s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:v" xmlns:t="urn:v" attributeFormDefault="qualified">
    <s:element name="In"><s:complexType><s:sequence>
      <s:element name="party" type="t:Party" maxOccurs="2" form="qualified"/>
      <s:element name="tree" type="t:Node" nillable="true"/>
      <s:choice maxOccurs="unbounded"><s:element name="red" type="s:int"/><s:element name="blue" type="s:string"/></s:choice>
      <s:choice><s:element name="one" type="s:date"/><s:sequence><s:element name="two" type="s:boolean"/><s:element name="three" type="t:Size" minOccurs="0"/></s:sequence></s:choice>
      <s:sequence minOccurs="0" maxOccurs="unbounded"><s:element name="key" type="s:token"/><s:element name="value" type="s:decimal" nillable="true"/></s:sequence>
      <s:element name="codes"><s:simpleType><s:list itemType="s:short"/></s:simpleType></s:element>
      <s:element name="price"><s:complexType><s:simpleContent><s:extension base="s:decimal"><s:attribute name="unit" type="s:string" use="required"/></s:extension></s:simpleContent></s:complexType></s:element>
      <s:element name="all"><s:complexType><s:all><s:element name="x" type="s:double" minOccurs="0"/><s:element name="y" type="s:string"/></s:all></s:complexType></s:element>
    </s:sequence><s:attribute name="note" type="s:string" form="unqualified"/></s:complexType></s:element>
    <s:complexType name="Party" abstract="true"><s:sequence><s:element name="name" type="s:string"/></s:sequence></s:complexType>
    <s:complexType name="Company"><s:complexContent><s:extension base="t:Party"><s:sequence><s:element name="vat" type="s:long" minOccurs="0"/></s:sequence><s:attribute name="kind" type="s:string"/></s:extension></s:complexContent></s:complexType>
    <s:complexType name="Node"><s:sequence><s:element name="value" type="s:string"/><s:element name="child" type="t:Node" minOccurs="0" maxOccurs="unbounded"/></s:sequence></s:complexType>
    <s:simpleType name="Size"><s:union memberTypes="s:int s:string"/></s:simpleType>
  </s:schema></types>
  <message name="In"><part name="body" element="t:In"/></message>
  <portType name="T"><operation name="in"><input message="t:In"/></operation></portType>
  <binding name="B" type="t:T"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="in"><soap:operation soapAction="do"/><input><soap:body use="literal"/></input></operation></binding>
  <service name="S"><port name="P" binding="t:B"><soap:address location="http://a/b"/></port></service>
</definitions>`;

const server = (name: string) =>
  parseWsdl([
    {
      location: "http://a/b",
      text: readFileSync(`scripts/soap-servers/${name}.wsdl`, "utf8").replace("{{address}}", "http://a/b"),
    },
  ]);
const stock = parseWsdl([
  { location: "http://stock.example/stock?wsdl", text: writeWsdl("http://stock.example/stock") },
  { location: "http://stock.example/stock?xsd=types", text: STOCK_TYPES },
]);
const wsdls: [string, Wsdl][] = [
  ["various", parseWsdl([{ location: "http://a/b", text: various }])],
  ["the sandbox's", stock],
  ["document", server("document")],
  ["rpc-literal", server("rpc-literal")],
  ["rpc-encoded", server("rpc-encoded")],
];
const operations = wsdls.flatMap(([name, wsdl]) =>
  wsdl.services.flatMap((service) =>
    service.ports.flatMap((port) =>
      Object.values(port.operations).map((operation) => ({
        name: `${name} ${port.name} ${operation.name}`,
        wsdl,
        service,
        port,
        operation,
      })),
    ),
  ),
);

test.each(operations)("$name: what fits is written, and read as the same", ({ wsdl, service, port, operation }) => {
  const echo = { ...operation, output: operation.input };
  const echoing: Wsdl = {
    ...wsdl,
    services: [{ ...service, ports: [{ ...port, operations: { [operation.name]: echo } }] }],
  };
  const ref = { service: service.name, port: port.name, operation: operation.name };
  const { content, attributes } = operation.input;
  const args = members([
    arbitraryParticle(wsdl.types, content, 0, false),
    ...attributes.map((each) => arbitraryAttribute(wsdl.types, each)),
  ]);
  fc.assert(
    fc.property(args, (given) => {
      expect(validateArguments(wsdl, ref, given)).toEqual([]);
      const { body } = buildEnvelope(wsdl, ref, { arguments: given, now: new Date(0), nonce: Buffer.alloc(16) });
      const read = readSoapAnswer({ status: 200, headers: [], body: Buffer.from(body) }, echoing, ref);
      expect(read).toMatchObject({ problem: null, fault: null });
      expect(read.json ?? {}).toEqual(JSON.parse(JSON.stringify(given)));
    }),
    { numRuns: 80 },
  );
});
