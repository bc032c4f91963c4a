import { elementOf, output, schemaOf, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const chameleonInclude: CorpusCase = {
  wsdl: smallWsdl("", {
    types: schemaOf(`<xs:include schemaLocation="common.xsd"/><xs:include schemaLocation="codes.xsd"/>
      ${elementOf("in", '<xs:element name="m" type="t:Money" maxOccurs="2"/>')}${elementOf("out", '<xs:element name="total" type="t:Money"/>')}`),
    output,
  }),
  documents: {
    "common.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
      <xs:include schemaLocation="codes.xsd"/>
      <xs:complexType name="Money"><xs:sequence><xs:element name="amount" type="xs:decimal"/><xs:element ref="unit" minOccurs="0"/></xs:sequence><xs:attribute name="currency" type="Currency" use="required"/></xs:complexType></xs:schema>`,
    "codes.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
      <xs:simpleType name="Currency"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{3}"/></xs:restriction></xs:simpleType>
      <xs:element name="unit" type="xs:token"/></xs:schema>`,
  },
  arguments: {
    m: [
      { "@currency": "EUR", amount: 2.5, unit: "k" },
      { "@currency": "USD", amount: "10.00" },
    ],
  },
  request: soap(
    '<t:in><t:m currency="EUR"><t:amount>2.5</t:amount><t:unit>k</t:unit></t:m><t:m currency="USD"><t:amount>10.00</t:amount></t:m></t:in>',
  ),
  response: soap('<t:out><t:total currency="EUR"><t:amount>12.5</t:amount></t:total></t:out>'),
  data: { total: { "@currency": "EUR", amount: 12.5 } },
};
