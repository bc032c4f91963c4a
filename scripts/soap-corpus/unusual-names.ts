import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const unusualNames: CorpusCase = {
  wsdl: smallWsdl(
    `${elementOf("in", '<xs:element name="constructor" type="xs:string"/><xs:element name="__proto__" type="xs:string"/><xs:element name="größe.in-cm" type="xs:int"/><xs:element name="toString"><xs:complexType><xs:attribute name="hasOwnProperty" type="xs:string"/></xs:complexType></xs:element>')}${elementOf("out", '<xs:element name="valueOf" type="xs:string"/><xs:element name="Ⅷ" type="xs:int"/>')}`,
    { output },
  ),
  arguments: JSON.parse(
    '{"constructor":"a","__proto__":"b","größe.in-cm":180,"toString":{"@hasOwnProperty":"c"}}',
  ) as Record<string, unknown>,
  request: soap(
    '<t:in><t:constructor>a</t:constructor><t:__proto__>b</t:__proto__><t:größe.in-cm>180</t:größe.in-cm><t:toString hasOwnProperty="c"/></t:in>',
  ),
  response: soap("<t:out><t:valueOf>d</t:valueOf><t:Ⅷ>8</t:Ⅷ></t:out>"),
  data: { valueOf: "d", Ⅷ: 8 },
};
