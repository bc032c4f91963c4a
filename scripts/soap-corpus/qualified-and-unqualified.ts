import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const qualifiedAndUnqualified: CorpusCase = {
  wsdl: smallWsdl("", {
    types: `<xs:schema targetNamespace="urn:t"><xs:import namespace="urn:u"/>${elementOf("in", '<xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string" form="qualified"/><xs:element name="o" type="u:Order"/>')}${elementOf("out", '<xs:element name="o" type="u:Order"/>')}</xs:schema>
      <xs:schema targetNamespace="urn:u" elementFormDefault="qualified" attributeFormDefault="qualified"><xs:complexType name="Order"><xs:sequence><xs:element name="id" type="xs:int"/><xs:element name="note" type="xs:string" form="unqualified" minOccurs="0"/></xs:sequence><xs:attribute name="k" type="xs:string"/><xs:attribute name="l" type="xs:string" form="unqualified"/></xs:complexType></xs:schema>`,
    output,
  }),
  arguments: { a: "1", b: "2", o: { "@k": "x", "@l": "y", id: 3, note: "4" } },
  request: soap('<t:in><a>1</a><t:b>2</t:b><o u:k="x" l="y"><u:id>3</u:id><note>4</note></o></t:in>'),
  response: soap('<t:out><o u:k="z"><u:id>5</u:id></o></t:out>'),
  data: { o: { "@k": "z", id: 5 } },
};
