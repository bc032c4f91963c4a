import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const unionOfLists: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:simpleType name="Numbers"><xs:list itemType="xs:int"/></xs:simpleType><xs:simpleType name="Days"><xs:list><xs:simpleType><xs:restriction base="xs:token"><xs:enumeration value="mon"/><xs:enumeration value="tue"/></xs:restriction></xs:simpleType></xs:list></xs:simpleType>
     <xs:simpleType name="Either"><xs:union memberTypes="t:Numbers t:Days"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="all of them"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>
     <xs:simpleType name="Two"><xs:restriction base="t:Days"><xs:length value="2"/></xs:restriction></xs:simpleType>
     ${elementOf("in", '<xs:element name="when" type="t:Either" maxOccurs="unbounded"/><xs:element name="two" type="t:Two"/>')}${elementOf("out", '<xs:element name="days" type="t:Days"/>')}`,
    { output },
  ),
  arguments: { when: ["1 -2 3", "mon", "all of them"], two: ["mon", "tue"] },
  request: soap(
    "<t:in><t:when>1 -2 3</t:when><t:when>mon</t:when><t:when>all of them</t:when><t:two>mon tue</t:two></t:in>",
  ),
  response: soap("<t:out><t:days>tue mon</t:days></t:out>"),
  data: { days: "tue mon" },
};
