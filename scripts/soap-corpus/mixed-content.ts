import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const mixedContent: CorpusCase = {
  wsdl: smallWsdl(
    `${elementOf("in", '<xs:element name="note" type="t:Note"/>')}${elementOf("out", '<xs:element name="note" type="t:Note" maxOccurs="unbounded"/>')}
     <xs:complexType name="Note" mixed="true"><xs:sequence><xs:element name="b" type="xs:string" minOccurs="0"/></xs:sequence><xs:attribute name="k" type="xs:string"/></xs:complexType>`,
    { output },
  ),
  arguments: { note: { "@k": "1", "#text": "a < b", b: "c" } },
  request: soap('<t:in><t:note k="1">a &lt; b<t:b>c</t:b></t:note></t:in>'),
  response: soap('<t:out><t:note k="2">x</t:note><t:note>y<t:b>z</t:b></t:note></t:out>'),
  data: {
    note: [
      { "@k": "2", "#text": "x" },
      { b: "z", "#text": "y" },
    ],
  },
};
