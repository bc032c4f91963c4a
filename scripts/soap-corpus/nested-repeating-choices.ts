import { output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const nestedRepeatingChoices: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:complexType name="Block"><xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="p" type="xs:string"/><xs:element name="list" type="t:List"/><xs:sequence><xs:element name="term" type="xs:string"/><xs:element name="def" type="xs:string" maxOccurs="unbounded"/></xs:sequence></xs:choice></xs:complexType>
     <xs:complexType name="List"><xs:sequence maxOccurs="unbounded"><xs:element name="item" type="t:Block"/><xs:element name="sep" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>
     <xs:element name="in" type="t:Block"/><xs:element name="out" type="t:Block"/>`,
    { output },
  ),
  arguments: {
    p: ["1", "4"],
    term: ["2"],
    def: ["2a", "2b"],
    list: [{ item: [{ p: ["3"] }, {}], sep: ["-"], "#order": ["item", "item", "sep"] }],
    "#order": ["p", "term", "def", "def", "list", "p"],
  },
  request: soap(
    "<t:in><t:p>1</t:p><t:term>2</t:term><t:def>2a</t:def><t:def>2b</t:def><t:list><t:item><t:p>3</t:p></t:item><t:item/><t:sep>-</t:sep></t:list><t:p>4</t:p></t:in>",
  ),
  response: soap("<t:out><t:term>a</t:term><t:def>b</t:def><t:p>c</t:p><t:term>d</t:term><t:def>e</t:def></t:out>"),
  data: { term: ["a", "d"], def: ["b", "e"], p: ["c"], "#order": ["term", "def", "p", "term", "def"] },
};
