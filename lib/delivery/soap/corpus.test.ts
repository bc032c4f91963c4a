import { expect, test } from "vitest";
import {
  buildSmall,
  compileSmall,
  elementOf,
  extensionOf,
  inputOf,
  op,
  optional,
  readSmall,
  schemaOf,
  smallWsdl,
  text,
  typeOf,
} from "#scripts/small-wsdl.ts";
import { compileWithLibxml2 } from "#scripts/test-libxml2.ts";
import { buildEnvelope } from "./build.ts";

// Small WSDLs modeled on public ones and named by their trait. Each has arguments, the Body (and Header) that they become, and, since
// each operation returns what it takes, the data that a response with the same Body means.

type Case = {
  wsdl: string;
  documents?: Record<string, string>;
  args: Record<string, unknown>;
  body: string;
  /** The data of the same Body, if it isn't `args`. */
  json?: unknown;
  /** Schemas that the WSDL imports and that are well known. Null if libxml2 refuses the WSDL's own ones. */
  wellKnown?: string[] | null;
};
const echo = (schema: string, parts: Parameters<typeof smallWsdl>[1] = {}) =>
  smallWsdl(schema, { output: '<part name="p" element="t:in"/>', ...parts });

const cases: Record<string, Case> = {
  "items that contain attachments that contain items": {
    wsdl: echo(
      `${typeOf("ItemType", text("Subject") + optional("Attachments", "t:AttachmentsType"))}
       <xs:complexType name="AttachmentsType"><xs:choice maxOccurs="unbounded"><xs:element name="ItemAttachment" type="t:ItemAttachmentType"/><xs:element name="FileAttachment" type="t:AttachmentType"/></xs:choice></xs:complexType>
       ${typeOf("AttachmentType", text("Name"))}${extensionOf("ItemAttachmentType", "t:AttachmentType", optional("Message", "t:MessageType"))}
       ${extensionOf("MessageType", "t:ItemType", optional("IsRead", "xs:boolean"))}${inputOf('<xs:element name="Message" type="t:MessageType"/>')}`,
    ),
    args: {
      Message: {
        Subject: "a",
        Attachments: {
          ItemAttachment: [{ Name: "b", Message: { Subject: "c", IsRead: true } }, { Name: "e" }],
          FileAttachment: [{ Name: "d" }],
          "#order": ["ItemAttachment", "FileAttachment", "ItemAttachment"],
        },
      },
    },
    body: "<t:in><t:Message><t:Subject>a</t:Subject><t:Attachments><t:ItemAttachment><t:Name>b</t:Name><t:Message><t:Subject>c</t:Subject><t:IsRead>true</t:IsRead></t:Message></t:ItemAttachment><t:FileAttachment><t:Name>d</t:Name></t:FileAttachment><t:ItemAttachment><t:Name>e</t:Name></t:ItemAttachment></t:Attachments></t:Message></t:in>",
  },
  "positions that list positions": {
    wsdl: echo(
      elementOf("Position", `${text("Name")}<xs:element ref="t:Position" minOccurs="0" maxOccurs="unbounded"/>`) +
        inputOf('<xs:element ref="t:Position" maxOccurs="unbounded"/>'),
    ),
    args: { Position: [{ Name: "a", Position: [{ Name: "b" }, { Name: "c" }] }] },
    body: "<t:in><t:Position><t:Name>a</t:Name><t:Position><t:Name>b</t:Name></t:Position><t:Position><t:Name>c</t:Name></t:Position></t:Position></t:in>",
  },
  "a session in a header block": {
    wsdl: echo(elementOf("Session", text("id")) + inputOf(text("q")), {
      messages: '<message name="h"><part name="s" element="t:Session"/></message>',
      headers: '<soap:header message="t:h" part="s" use="literal"/>',
    }),
    args: { q: "a", "#headers": { Session: { id: "7" } } },
    body: "<soap:Header><t:Session><t:id>7</t:id></t:Session></soap:Header><soap:Body><t:in><t:q>a</t:q></t:in></soap:Body>",
    json: { q: "a" },
  },
  "schemas in files that a query names": {
    wsdl: echo("", {
      types: schemaOf('<xs:import namespace="urn:t" schemaLocation="xsd0.xsd"/>', "urn:imports"),
    }),
    documents: {
      "xsd0.xsd": schemaOf(
        `<xs:import namespace="urn:u" schemaLocation="xsd1.xsd"/>${inputOf('<xs:element name="o" type="u:Order" nillable="true" minOccurs="0"/>')}`,
      ),
      "xsd1.xsd": schemaOf(typeOf("Order", '<xs:element name="id" type="xs:int"/>'), "urn:u"),
    },
    args: { o: { id: 7 } },
    body: "<t:in><t:o><u:id>7</u:id></t:o></t:in>",
  },
  "common types without a namespace": {
    wsdl: echo("", {
      types: schemaOf(`<xs:include schemaLocation="common.xsd"/>${inputOf('<xs:element name="m" type="t:Money"/>')}`),
    }),
    documents: {
      "common.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">${typeOf("Money", '<xs:element name="amount" type="xs:decimal"/><xs:element name="currency" type="Currency"/>')}<xs:simpleType name="Currency"><xs:restriction base="xs:string"><xs:length value="3"/></xs:restriction></xs:simpleType></xs:schema>`,
    },
    args: { m: { amount: 2.5, currency: "EUR" } },
    body: "<t:in><t:m><t:amount>2.5</t:amount><t:currency>EUR</t:currency></t:m></t:in>",
  },
  "records of any type": {
    wsdl: echo(
      typeOf("Record", text("id"), ' abstract="true"') +
        extensionOf("Customer", "t:Record", text("name")) +
        inputOf(
          '<xs:element name="record" type="t:Record" maxOccurs="unbounded"/><xs:element name="value" type="xs:anyType" minOccurs="0"/>',
        ),
    ),
    args: {
      record: [{ "@xsi:type": "Customer", id: "1", name: "a" }],
      value: { "@xsi:type": "{urn:t}Customer", id: "2", name: "b" },
    },
    body: '<t:in><t:record xsi:type="t:Customer"><t:id>1</t:id><t:name>a</t:name></t:record><t:value xsi:type="t:Customer"><t:id>2</t:id><t:name>b</t:name></t:value></t:in>',
  },
  "a signature next to the data": {
    wsdl: echo("", {
      types: schemaOf(
        `<xs:import namespace="http://www.w3.org/2000/09/xmldsig#" schemaLocation="http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd"/>${inputOf(`${text("a")}<xs:element ref="ds:Signature" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" minOccurs="0"/>`)}`,
      ),
    }),
    args: { a: "1" },
    body: "<t:in><t:a>1</t:a></t:in>",
    wellKnown: [
      '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/09/xmldsig#"><xs:element name="Signature"/></xs:schema>',
    ],
  },
  "links and languages on elements": {
    wsdl: echo(
      '<xs:element name="in"><xs:complexType><xs:sequence><xs:element name="a" maxOccurs="2"><xs:complexType><xs:simpleContent><xs:extension base="xs:string"><xs:attribute ref="xml:lang"/></xs:extension></xs:simpleContent></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>',
    ),
    args: { a: [{ "@lang": "de", "#text": "x" }, { "#text": "y" }] },
    body: '<t:in><t:a xml:lang="de">x</t:a><t:a>y</t:a></t:in>',
  },
  "an unused operation with an undefined element": {
    wsdl: echo(inputOf(text("a")), {
      messages: '<message name="i2"><part name="p" element="t:none"/></message>',
      operations: '<operation name="op2"><input message="t:i2"/></operation>',
      bound:
        '<operation name="op2"><soap:operation soapAction=""/><input><soap:body use="literal"/></input></operation>',
    }),
    args: { a: "1" },
    body: "<t:in><t:a>1</t:a></t:in>",
  },
  "search conditions in any order": {
    wsdl: echo(
      inputOf(
        `<xs:choice minOccurs="0" maxOccurs="unbounded">${text("and", "or")}<xs:sequence>${text("field", "value")}</xs:sequence></xs:choice>`,
      ),
    ),
    args: { and: ["1"], or: ["2", "3"], field: ["f"], value: ["v"], "#order": ["or", "field", "value", "and", "or"] },
    body: "<t:in><t:or>2</t:or><t:field>f</t:field><t:value>v</t:value><t:and>1</t:and><t:or>3</t:or></t:in>",
  },
};

test.each(Object.entries(cases))("%s", (_, { wsdl: source, documents, args, body, json = args, wellKnown = [] }) => {
  const wsdl = compileSmall(source, documents);
  expect(buildSmall(wsdl, args)).toBe(body);
  const all = Object.entries({ "s.wsdl": source, ...documents });
  const findProblems =
    wellKnown &&
    compileWithLibxml2(
      all.map(([name, each]) => ({ location: `upload:${name}`, text: each })),
      wellKnown,
    );
  const envelope = buildEnvelope(wsdl, op, { arguments: args, now: new Date(0), nonce: Buffer.alloc(16) });
  expect(findProblems?.(envelope.body) ?? []).toEqual([]);
  const content = /<soap:Body>(.*)<\/soap:Body>/s.exec(body)?.[1] ?? body;
  expect(readSmall(wsdl, content.replaceAll("xsd:", "xs:")).json).toEqual(json);
});
