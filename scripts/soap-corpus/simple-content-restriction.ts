import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const simpleContentRestriction: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:complexType name="Measure"><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="unit" type="xs:string"/><xs:attribute name="note" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>
     <xs:complexType name="Weight"><xs:simpleContent><xs:restriction base="t:Measure"><xs:minExclusive value="0"/><xs:fractionDigits value="2"/><xs:attribute name="unit" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="kg"/><xs:enumeration value="g"/></xs:restriction></xs:simpleType></xs:attribute><xs:attribute name="note" use="prohibited"/></xs:restriction></xs:simpleContent></xs:complexType>
     ${elementOf("in", '<xs:element name="w" type="t:Weight"/><xs:element name="m" type="t:Measure" maxOccurs="unbounded"/>')}${elementOf("out", '<xs:element name="w" type="t:Weight"/>')}`,
    { output },
  ),
  arguments: {
    w: { "@unit": "kg", "#text": 2.25 },
    m: [{ "#text": "0" }, { "@xsi:type": "Weight", "@unit": "g", "#text": "1" }],
  },
  request: soap('<t:in><t:w unit="kg">2.25</t:w><t:m>0</t:m><t:m unit="g" xsi:type="t:Weight">1</t:m></t:in>'),
  response: soap('<t:out><t:w unit="g">1.50</t:w></t:out>'),
  data: { w: { "@unit": "g", "#text": 1.5 } },
};
