import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const defaultAndFixedValues: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:element name="in"><xs:complexType><xs:sequence><xs:element name="unit" type="xs:string" default="kg"/><xs:element name="kind" type="xs:string" fixed="A"/><xs:element name="n" type="t:Amount"/></xs:sequence>
       <xs:attribute name="version" type="xs:decimal" fixed="1.0" use="required"/><xs:attribute name="lang" type="xs:language" default="en"/><xs:attribute ref="t:mode" fixed="test"/></xs:complexType></xs:element>
     <xs:attribute name="mode" type="xs:token"/>
     <xs:complexType name="Amount"><xs:simpleContent><xs:extension base="xs:int"><xs:attribute name="unit" type="xs:string" fixed="g"/></xs:extension></xs:simpleContent></xs:complexType>
     ${elementOf("out", '<xs:element name="kind" type="xs:int" fixed="7"/>')}`,
    { output },
  ),
  arguments: { n: { "#text": 5 }, "@mode": "test" },
  request: soap('<t:in version="1.0" t:mode="test"><t:unit>kg</t:unit><t:kind>A</t:kind><t:n>5</t:n></t:in>'),
  response: soap("<t:out><t:kind>7</t:kind></t:out>"),
  data: { kind: 7 },
};
