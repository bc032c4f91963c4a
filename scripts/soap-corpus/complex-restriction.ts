import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const complexRestriction: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:complexType name="Base"><xs:sequence><xs:element name="a" type="xs:string" minOccurs="0"/><xs:element name="b" type="xs:string" minOccurs="0" maxOccurs="unbounded"/></xs:sequence><xs:attribute name="k" type="xs:string"/><xs:attribute name="l" type="xs:string"/></xs:complexType>
     <xs:complexType name="Strict"><xs:complexContent><xs:restriction base="t:Base"><xs:sequence><xs:element name="b" type="xs:string"/></xs:sequence><xs:attribute name="k" type="xs:string" use="required"/><xs:attribute name="l" use="prohibited"/></xs:restriction></xs:complexContent></xs:complexType>
     ${elementOf("in", '<xs:element name="x" type="t:Strict"/><xs:element name="y" type="t:Base"/>')}${elementOf("out", '<xs:element name="y" type="t:Base"/>')}`,
    { output },
  ),
  arguments: { x: { "@k": "1", b: "2" }, y: { "@xsi:type": "Strict", "@k": "3", b: "4" } },
  request: soap('<t:in><t:x k="1"><t:b>2</t:b></t:x><t:y k="3" xsi:type="t:Strict"><t:b>4</t:b></t:y></t:in>'),
  response: soap('<t:out><t:y l="5"><t:a>6</t:a><t:b>7</t:b></t:y></t:out>'),
  data: { y: { "@l": "5", a: "6", b: ["7"] } },
};
