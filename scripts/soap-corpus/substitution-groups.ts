import { elementOf, extensionOf, output, smallWsdl, soap, text, typeOf } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const substitutionGroups: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:element name="Event" type="t:Event" abstract="true"/>${typeOf("Event", text("at"))}
     <xs:element name="Created" substitutionGroup="t:Event"/><xs:element name="Changed" type="t:Changed" substitutionGroup="t:Event"/>
     <xs:element name="Moved" substitutionGroup="t:Changed"/>
     ${extensionOf("Changed", "t:Event", '<xs:element name="by" type="xs:string" minOccurs="0"/>')}
     ${elementOf("in", '<xs:element ref="t:Event" maxOccurs="unbounded"/>')}${elementOf("out", '<xs:element ref="t:Event"/>')}`,
    { output },
  ),
  arguments: {
    Moved: [{ at: "1", by: "a" }, { at: "3" }],
    Created: [{ at: "2" }],
    "#order": ["Moved", "Created", "Moved"],
  },
  request: soap(
    "<t:in><t:Moved><t:at>1</t:at><t:by>a</t:by></t:Moved><t:Created><t:at>2</t:at></t:Created><t:Moved><t:at>3</t:at></t:Moved></t:in>",
  ),
  response: soap("<t:out><t:Changed><t:at>4</t:at><t:by>b</t:by></t:Changed></t:out>"),
  data: { Changed: { at: "4", by: "b" } },
};
