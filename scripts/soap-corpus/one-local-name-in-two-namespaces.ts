import { elementOf, output, schemaOf, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const oneLocalNameInTwoNamespaces: CorpusCase = {
  wsdl: smallWsdl("", {
    types:
      schemaOf(
        `<xs:import namespace="urn:u"/><xs:element name="id" type="xs:string"/>${elementOf("in", '<xs:element ref="t:id"/><xs:element ref="u:id" maxOccurs="2"/><xs:element name="e" type="t:E"/>')}${elementOf("out", '<xs:element ref="u:id"/><xs:element ref="t:id"/>')}
         <xs:complexType name="E"><xs:complexContent><xs:extension base="u:E"><xs:attribute name="type" type="xs:string"/></xs:extension></xs:complexContent></xs:complexType>`,
      ) +
      schemaOf(
        `<xs:element name="id" type="xs:int"/><xs:attribute name="type" type="xs:string"/><xs:complexType name="E"><xs:attribute ref="u:type" use="required"/></xs:complexType>`,
        "urn:u",
      ),
    output,
  }),
  arguments: { "{urn:t}id": "a", "{urn:u}id": [1, 2], e: { "@{urn:u}type": "x", "@type": "y" } },
  request: soap('<t:in><t:id>a</t:id><u:id>1</u:id><u:id>2</u:id><t:e u:type="x" type="y"/></t:in>'),
  response: soap("<t:out><u:id>3</u:id><t:id>b</t:id></t:out>"),
  data: { "{urn:u}id": 3, "{urn:t}id": "b" },
};
