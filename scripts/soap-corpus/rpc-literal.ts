import { elementOf, smallWsdl, soap, text, typeOf } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const rpcLiteral: CorpusCase = {
  wsdl: smallWsdl(typeOf("Order", `${text("id")}<xs:element name="line" type="xs:int" maxOccurs="unbounded"/>`), {
    style: "rpc",
    input: '<part name="order" type="t:Order"/><part name="note" type="xs:string"/>',
    output: '<part name="price" type="xs:decimal"/>',
    body: '<soap:body use="literal" namespace="urn:u"/>',
    outputBody: '<soap:body use="literal" namespace="urn:u"/>',
  }),
  implied: [
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:u"><xs:import namespace="urn:t"/>
      ${elementOf("op", '<xs:element name="order" type="t:Order" nillable="true"/><xs:element name="note" type="xs:string" nillable="true"/>')}${elementOf("opResponse", '<xs:element name="price" type="xs:decimal"/>')}</xs:schema>`,
  ],
  arguments: { order: { id: "1", line: [1, 2] }, note: " a\tb " },
  request: soap("<u:op><order><t:id>1</t:id><t:line>1</t:line><t:line>2</t:line></order><note> a\tb </note></u:op>"),
  response: soap("<u:opResponse><price>12.50</price></u:opResponse>"),
  data: { price: 12.5 },
};
