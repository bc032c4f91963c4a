import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const enumerationsWithSpaces: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:simpleType name="State"><xs:restriction base="xs:string"><xs:enumeration value="In progress"/><xs:enumeration value=" "/><xs:enumeration value=""/><xs:enumeration value="A &amp; B"/></xs:restriction></xs:simpleType>
     <xs:simpleType name="Word"><xs:restriction base="xs:token"><xs:enumeration value="very high"/><xs:enumeration value="low"/></xs:restriction></xs:simpleType>
     ${elementOf("in", '<xs:element name="state" type="t:State" maxOccurs="unbounded"/><xs:element name="word" type="t:Word"/>')}${elementOf("out", '<xs:element name="state" type="t:State"/>')}`,
    { output },
  ),
  arguments: { state: ["In progress", " ", "", "A & B"], word: " very  high " },
  request: soap(
    "<t:in><t:state>In progress</t:state><t:state> </t:state><t:state></t:state><t:state>A &amp; B</t:state><t:word> very  high </t:word></t:in>",
  ),
  response: soap("<t:out><t:state> </t:state></t:out>"),
  data: { state: " " },
};
