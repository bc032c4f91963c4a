import { expect, test } from "vitest";
import { buildEnvelope } from "./build.ts";
import { describeOperation } from "./describe.ts";
import type { WsdlDocument } from "./model.ts";
import { readSoapAnswer } from "./read.ts";
import { validateArguments } from "./validate.ts";
import { parseWsdl } from "./wsdl.ts";

// What schemas in the field do, all in one: a WSDL that imports a WSDL, a chameleon include, a schema in another namespace whose
// elements are unqualified, groups, extension, an abstract type, a substitution group, recursion, a repeated choice, lists, unions, any.

const header = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"';
const documents: WsdlDocument[] = [
  {
    location: "http://erp.example/svc?wsdl",
    text: `<w:definitions targetNamespace="urn:svc" xmlns:b="urn:bind" xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
      <w:import namespace="urn:bind" location="bind.wsdl"/>
      <w:service name="S"><w:port name="P" binding="b:B"><soap:address location="http://erp.example/svc"/></w:port>
      <w:port name="Get" binding="b:G"><h:address xmlns:h="http://schemas.xmlsoap.org/wsdl/http/" location="http://erp.example/get"/></w:port></w:service>
    </w:definitions>`,
  },
  {
    location: "http://erp.example/bind.wsdl",
    text: `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:bind" xmlns:t="urn:bind" xmlns:m="urn:main" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
      <types><xs:schema ${header}><xs:import namespace="urn:main" schemaLocation="main.xsd"/></xs:schema></types>
      <message name="In"><part name="body" element="m:Request"/></message>
      <message name="Out"><part name="body" element="m:Response"/></message>
      <portType name="T"><operation name="Do"><input message="t:In"/><output message="t:Out"/></operation></portType>
      <binding name="B" type="t:T"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
        <operation name="Do"><soap:operation soapAction="do"/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
      <binding name="G" type="t:T"><h:binding xmlns:h="http://schemas.xmlsoap.org/wsdl/http/" verb="GET"/></binding>
    </definitions>`,
  },
  {
    location: "http://erp.example/main.xsd",
    text: `<xs:schema ${header} targetNamespace="urn:main" xmlns:m="urn:main" xmlns:o="urn:other" elementFormDefault="qualified">
      <xs:include schemaLocation="common.xsd"/>
      <xs:import namespace="urn:other" schemaLocation="other.xsd"/>
      <xs:element name="Request"><xs:complexType><xs:sequence>
        <xs:group ref="m:Head"/>
        <xs:element name="party" type="m:Party" maxOccurs="2"/>
        <xs:element ref="m:Note" minOccurs="0" maxOccurs="unbounded"/>
        <xs:element name="tree" type="m:Node" minOccurs="0"/>
        <xs:choice maxOccurs="unbounded"><xs:element name="red" type="xs:int"/><xs:element name="blue" type="xs:string"/></xs:choice>
        <xs:element ref="o:address"/>
        <xs:element name="codes" type="m:Codes"/>
        <xs:element name="size" type="m:Size"/>
        <xs:any namespace="##other" processContents="lax" minOccurs="0"/>
      </xs:sequence><xs:attributeGroup ref="m:Meta"/></xs:complexType></xs:element>
      <xs:element name="Response" type="m:Node"/>
      <xs:complexType name="Party" abstract="true"><xs:sequence><xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType>
      <xs:complexType name="Company"><xs:complexContent><xs:extension base="m:Party"><xs:sequence><xs:element name="vat" type="m:Vat"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
      <xs:element name="Note" type="xs:string" abstract="true"/>
      <xs:element name="Remark" substitutionGroup="m:Note"/>
      <xs:element name="Warning" type="xs:string" substitutionGroup="m:Note"/>
      <xs:complexType name="Node"><xs:sequence><xs:element name="value" type="xs:string"/><xs:element name="child" type="m:Node" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
    </xs:schema>`,
  },
  {
    location: "http://erp.example/common.xsd",
    text: `<xs:schema ${header} elementFormDefault="qualified">
      <xs:simpleType name="Vat"><xs:restriction base="xs:string"><xs:pattern value="\\d{9}"/></xs:restriction></xs:simpleType>
      <xs:group name="Head"><xs:sequence><xs:element name="id" type="xs:long"/><xs:element name="at" type="xs:dateTime" minOccurs="0"/></xs:sequence></xs:group>
      <xs:attributeGroup name="Meta"><xs:attribute name="lang" type="xs:language" use="required"/><xs:attribute name="v" type="xs:int" default="1"/></xs:attributeGroup>
      <xs:simpleType name="Codes"><xs:list itemType="xs:int"/></xs:simpleType>
      <xs:simpleType name="Size"><xs:union memberTypes="xs:int"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="large"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>
    </xs:schema>`,
  },
  {
    location: "http://erp.example/other.xsd",
    text: `<xs:schema ${header} targetNamespace="urn:other" xmlns:o="urn:other"><xs:element name="address"><xs:complexType><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="kind" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element></xs:schema>`,
  },
];
const wsdl = parseWsdl(documents);
const ref = { service: "S", port: "P", operation: "Do" };
const request = {
  "@lang": "de",
  id: "9007199254740993",
  party: { "@xsi:type": "Company", name: "ACME & Sons", vat: "123456789" },
  Warning: ["hot", "wet"],
  Remark: "fine",
  tree: { value: "a", child: [{ value: "b", child: [{ value: "c" }] }] },
  red: [1, 2],
  blue: "sky",
  address: { "#text": "Main St", "@kind": "home" },
  codes: [1, 2, 3],
  size: "large",
  "#any": '<x:y xmlns:x="urn:x"/>',
};

test("it compiles; a port that is not SOAP is left out", () => {
  expect(wsdl.services.map(({ ports }) => ports.map(({ name }) => name))).toEqual([["P"]]);
  const { types, input } = describeOperation(wsdl, ref);
  expect(input.wrapped).toBe(true);
  expect(Object.keys(types)).toEqual(
    expect.arrayContaining(["{urn:main}Party", "{urn:main}Company", "{urn:main}Node"]),
  );
  // It can be sent to a browser.
  expect(JSON.parse(JSON.stringify(types))).toEqual(types);
});

test("arguments that fit are written in the schema's order, with the namespaces that each part has", () => {
  expect(validateArguments(wsdl, ref, request)).toEqual([]);
  const { body } = buildEnvelope(wsdl, ref, { arguments: request, now: new Date(0), nonce: Buffer.alloc(16) });
  const content = /<soap:Body>(.*)<\/soap:Body>/s.exec(body)![1]!;
  expect(content).toContain('<n1:party xsi:type="n1:Company">');
  const address = /<(n\d):address/.exec(content)![1]!;
  expect(body).toContain(`xmlns:${address}="urn:other"`);
  expect(content.replace(/n\d:/g, "").replace(/ xsi:type="Company"/, " T")).toBe(
    '<Request lang="de"><id>9007199254740993</id><party T><name>ACME &amp; Sons</name><vat>123456789</vat></party>' +
      "<Remark>fine</Remark><Warning>hot</Warning><Warning>wet</Warning>" +
      "<tree><value>a</value><child><value>b</value><child><value>c</value></child></child></tree>" +
      '<red>1</red><red>2</red><blue>sky</blue><address kind="home">Main St</address>' +
      '<codes>1 2 3</codes><size>large</size><x:y xmlns:x="urn:x"/></Request>',
  );
  expect(body).toContain('xmlns:n1="urn:main"');
});

test.each([
  [{ party: { name: "a" } }, "party"],
  [{ party: { "@xsi:type": "Company", name: "a", vat: "12" } }, "party.vat"],
  [{ codes: [1, "x"] }, "codes"],
  [{ size: "small" }, "size"],
  [{ tree: { value: "a", child: [{}] } }, "tree.child[0].value"],
  [{ red: undefined, blue: undefined }, ""],
  [{ "#any": "<x>" }, "#any"],
  [{ "@lang": undefined }, "@lang"],
  [{ "@more": "x" }, "@more"],
])("%j does not fit", (change, path) => {
  expect(validateArguments(wsdl, ref, { ...request, ...change })).toMatchObject([{ path }]);
});

test("a DataSet of .NET is any XML, and xml:lang needs no schema", () => {
  const schema = `<xs:schema ${header} targetNamespace="urn:main" elementFormDefault="qualified">
    <xs:element name="Request"><xs:complexType><xs:sequence><xs:element name="set"><xs:complexType><xs:sequence>
      <xs:element ref="xs:schema"/><xs:any/></xs:sequence></xs:complexType></xs:element></xs:sequence>
      <xs:attribute ref="xml:lang"/></xs:complexType></xs:element>
    <xs:element name="Response" type="xs:string"/></xs:schema>`;
  const net = parseWsdl([...documents.slice(0, 2), { location: "http://erp.example/main.xsd", text: schema }]);
  const args = { "@lang": "de", set: { "#any": ["<a/>", "<b/>"] } };
  expect(validateArguments(net, ref, args)).toEqual([]);
  const { body } = buildEnvelope(net, ref, { arguments: args, now: new Date(0), nonce: Buffer.alloc(16) });
  expect(body).toContain('<n1:Request xml:lang="de"><n1:set><a/><b/></n1:set>');
  expect(body).not.toContain("xmlns:xml");
});

test("a recursive answer is read, with lists at each level", () => {
  const text =
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Response xmlns="urn:main"><value>a</value><child><value>b</value></child></Response></s:Body></s:Envelope>';
  const answer = { status: 200, headers: [], body: Buffer.from(text) };
  expect(readSoapAnswer(answer, wsdl, ref).json).toEqual({ value: "a", child: [{ value: "b" }] });
});
