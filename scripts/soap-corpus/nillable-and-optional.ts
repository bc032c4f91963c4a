import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const nillableAndOptional: CorpusCase = {
  wsdl: smallWsdl(
    elementOf(
      "in",
      `<xs:element name="a" type="xs:int" nillable="true"/><xs:element name="b" type="xs:int" minOccurs="0"/><xs:element name="c" type="xs:string" minOccurs="0" nillable="true"/>
       <xs:element name="d" type="t:Item" nillable="true" maxOccurs="unbounded"/><xs:element name="e" type="xs:string"/>`,
    ) +
      '<xs:complexType name="Item"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence><xs:attribute name="u" type="xs:string" use="required"/></xs:complexType>' +
      elementOf(
        "out",
        '<xs:element name="d" type="t:Item" nillable="true" minOccurs="0"/><xs:element name="f" type="xs:int" nillable="true" minOccurs="0"/>',
      ),
    { output },
  ),
  arguments: {
    a: null,
    c: null,
    d: [
      { "@u": "kg", x: 1 },
      { "@xsi:nil": true, "@u": "g" },
    ],
    e: "",
  },
  request: soap(
    '<t:in><t:a xsi:nil="true"/><t:c xsi:nil="true"/><t:d u="kg"><t:x>1</t:x></t:d><t:d u="g" xsi:nil="true"/><t:e></t:e></t:in>',
  ),
  response: soap('<t:out><t:d u="g" xsi:nil="1"/><t:f xsi:nil="true"/></t:out>'),
  data: { d: { "@xsi:nil": true, "@u": "g" }, f: null },
};
