import { elementOf, output, smallWsdl, soap, text } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const groupReferences: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:group name="Name"><xs:sequence>${text("first", "last")}</xs:sequence></xs:group><xs:group name="Contact"><xs:choice><xs:element name="mail" type="xs:string"/><xs:group ref="t:Phone"/></xs:choice></xs:group>
     <xs:group name="Phone"><xs:sequence><xs:element name="country" type="xs:int" minOccurs="0"/><xs:element name="number" type="xs:string"/></xs:sequence></xs:group>
     ${elementOf("in", '<xs:group ref="t:Name"/><xs:group ref="t:Contact" minOccurs="0" maxOccurs="3"/>')}${elementOf("out", '<xs:group ref="t:Contact"/>')}`,
    { output },
  ),
  arguments: {
    first: "a",
    last: "b",
    mail: ["c"],
    number: ["1", "2"],
    country: ["49"],
    "#order": ["first", "last", "number", "mail", "country", "number"],
  },
  request: soap(
    "<t:in><t:first>a</t:first><t:last>b</t:last><t:number>1</t:number><t:mail>c</t:mail><t:country>49</t:country><t:number>2</t:number></t:in>",
  ),
  response: soap("<t:out><t:country>49</t:country><t:number>3</t:number></t:out>"),
  data: { country: 49, number: "3" },
};
