import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { buildEnvelope } from "./build.ts";
import { arbitraryArguments, withoutOrder } from "./example/arbitrary-arguments.ts";
import type { Wsdl } from "./model.ts";
import { readSoapAnswer } from "./read.ts";
import { validateArguments } from "./validate.ts";
import { parseWsdl } from "./wsdl.ts";

// Arguments are made up from the description of an operation; they must fit, and what is written must be read as the same again. For
// reading, each operation answers with what it takes.

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
  const args = arbitraryArguments(wsdl.types, operation.input);
  const build = (given: Record<string, unknown>) =>
    buildEnvelope(wsdl, ref, { arguments: given, now: new Date(0), nonce: Buffer.alloc(16) }).body;
  fc.assert(
    fc.property(args, (given) => {
      expect(validateArguments(wsdl, ref, given)).toEqual([]);
      const body = build(given);
      const read = readSoapAnswer({ status: 200, headers: [], body: Buffer.from(body) }, echoing, ref);
      expect(read).toMatchObject({ problem: null, fault: null });
      const data = (read.json ?? {}) as Record<string, unknown>;
      expect(withoutOrder(data)).toEqual(withoutOrder(given));
      expect(build(data)).toBe(body);
    }),
    { numRuns: 80 },
  );
});
