import { output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const allGroup: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:element name="in"><xs:complexType><xs:all><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:string" minOccurs="0"/><xs:element name="c" type="t:Inner" minOccurs="0"/></xs:all></xs:complexType></xs:element>
     <xs:complexType name="Inner"><xs:all minOccurs="0"><xs:element name="x" type="xs:int"/><xs:element name="y" type="xs:int"/></xs:all></xs:complexType>
     <xs:element name="out"><xs:complexType><xs:all><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:string"/></xs:all></xs:complexType></xs:element>`,
    { output },
  ),
  arguments: { c: { y: 2, x: 1 }, a: 3 },
  request: soap("<t:in><t:a>3</t:a><t:c><t:x>1</t:x><t:y>2</t:y></t:c></t:in>"),
  response: soap("<t:out><t:b>5</t:b><t:a>4</t:a></t:out>"),
  data: { b: "5", a: 4 },
};
