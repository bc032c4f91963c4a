import { elementOf, optional, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const recursiveChoice: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:complexType name="Condition"><xs:choice>
        <xs:element name="And" type="t:Conditions"/><xs:element name="Or" type="t:Conditions"/><xs:element name="Not" type="t:Condition"/>
        <xs:element name="Equals"><xs:complexType><xs:attribute name="Field" type="xs:NCName" use="required"/><xs:attribute name="Value" type="xs:string"/></xs:complexType></xs:element>
      </xs:choice></xs:complexType>
     <xs:complexType name="Conditions"><xs:sequence><xs:element name="Condition" type="t:Condition" minOccurs="2" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
     ${elementOf("in", '<xs:element name="Where" type="t:Condition"/>')}${elementOf("out", optional("Parsed", "t:Condition"))}`,
    { output },
  ),
  arguments: {
    Where: {
      Or: {
        Condition: [
          { Equals: { "@Field": "a", "@Value": "<1>" } },
          { Not: { And: { Condition: [{ Equals: { "@Field": "b" } }, { Equals: { "@Field": "c", "@Value": "" } }] } } },
        ],
      },
    },
  },
  request: soap(
    '<t:in><t:Where><t:Or><t:Condition><t:Equals Field="a" Value="&lt;1&gt;"/></t:Condition><t:Condition><t:Not><t:And><t:Condition><t:Equals Field="b"/></t:Condition><t:Condition><t:Equals Field="c" Value=""/></t:Condition></t:And></t:Not></t:Condition></t:Or></t:Where></t:in>',
  ),
  response: soap('<t:out><t:Parsed><t:Not><t:Equals Field="a"/></t:Not></t:Parsed></t:out>'),
  data: { Parsed: { Not: { Equals: { "@Field": "a" } } } },
};
