import { elementOf, extensionOf, output, schemaOf, smallWsdl, soap, text, typeOf } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const xsiTypeAbstractRoot: CorpusCase = {
  wsdl: smallWsdl("", {
    types:
      schemaOf(
        `<xs:import namespace="urn:u"/><xs:element name="in" type="t:Command"/>${elementOf("out", '<xs:element name="r" type="t:Command"/><xs:element name="v" type="xs:anySimpleType"/>')}
         ${typeOf("Command", text("id"), ' abstract="true"')}${extensionOf("Create", "t:Command", '<xs:element name="part" type="t:Command" minOccurs="0" maxOccurs="unbounded"/>')}`,
      ) +
      schemaOf(
        `<xs:import namespace="urn:t"/><xs:complexType name="Create"><xs:complexContent><xs:extension base="t:Create"><xs:attribute name="priority" type="xs:int"/></xs:extension></xs:complexContent></xs:complexType>`,
        "urn:u",
      ),
    output,
  }),
  arguments: {
    "@xsi:type": "{urn:u}Create",
    "@priority": 1,
    id: "1",
    part: [
      { "@xsi:type": "{urn:t}Create", id: "2" },
      { "@xsi:type": "{urn:u}Create", id: "3" },
    ],
  },
  request: soap(
    '<t:in priority="1" xsi:type="u:Create"><t:id>1</t:id><t:part xsi:type="t:Create"><t:id>2</t:id></t:part><t:part xsi:type="u:Create"><t:id>3</t:id></t:part></t:in>',
  ),
  response: soap('<t:out><t:r xsi:type="t:Create"><t:id>4</t:id></t:r><t:v xsi:type="xsd:int">5</t:v></t:out>'),
  data: { r: { "@xsi:type": "Create", id: "4" }, v: 5 },
};
