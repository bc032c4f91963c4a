import { elementOf, output, smallWsdl, soap, typeOf } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const anyType: CorpusCase = {
  wsdl: smallWsdl(
    `${elementOf("in", '<xs:element name="value" type="xs:anyType" maxOccurs="unbounded"/><xs:any namespace="##other" processContents="lax" minOccurs="0"/>')}${elementOf("out", '<xs:element name="value" type="xs:anyType" maxOccurs="unbounded"/>')}${typeOf("Point", '<xs:element name="x" type="xs:int"/>')}`,
    { output },
  ),
  arguments: {
    value: ["plain", { "@xsi:type": "xs:int", "#text": 5 }, { "@xsi:type": "Point", x: 1 }, { free: "form" }],
    "#any": '<v:ext xmlns:v="urn:v">1</v:ext>',
  },
  request: soap(
    '<t:in><t:value>plain</t:value><t:value xsi:type="xsd:int">5</t:value><t:value xsi:type="t:Point"><t:x>1</t:x></t:value><t:value><free>form</free></t:value><v:ext xmlns:v="urn:v">1</v:ext></t:in>',
  ),
  response: soap('<t:out><t:value xsi:type="t:Point"><t:x>2</t:x></t:value><t:value>a</t:value></t:out>'),
  data: { value: [{ "@xsi:type": "{urn:t}Point", x: 2 }, "a"] },
};
