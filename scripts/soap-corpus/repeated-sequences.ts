import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const repeatedSequences: CorpusCase = {
  wsdl: smallWsdl(
    `${elementOf("in", '<xs:sequence minOccurs="0" maxOccurs="3"><xs:element name="key" type="xs:string"/><xs:element name="value" type="xs:int" minOccurs="0"/></xs:sequence><xs:element name="end" type="xs:boolean"/>')}${elementOf("out", '<xs:sequence maxOccurs="unbounded"><xs:element name="key" type="xs:string"/><xs:element name="value" type="xs:int"/></xs:sequence>')}`,
    { output },
  ),
  arguments: { key: ["a", "b"], value: [1, 2], end: true },
  request: soap(
    "<t:in><t:key>a</t:key><t:value>1</t:value><t:key>b</t:key><t:value>2</t:value><t:end>true</t:end></t:in>",
  ),
  response: soap("<t:out><t:key>c</t:key><t:value>3</t:value><t:key>d</t:key><t:value>4</t:value></t:out>"),
  data: { key: ["c", "d"], value: [3, 4] },
};
