import { elementOf, output, schemaOf, smallWsdl, soap, text, typeOf } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const importCycle: CorpusCase = {
  wsdl: smallWsdl("", {
    types: schemaOf('<xs:import namespace="urn:t" schemaLocation="schemas/t.xsd"/>', "urn:imports"),
    output,
  }),
  documents: {
    "schemas/t.xsd": schemaOf(
      `<xs:import namespace="urn:u" schemaLocation="../u.xsd?v=1"/>${elementOf("in", '<xs:element name="o" type="u:Order"/>')}${elementOf("out", '<xs:element name="o" type="u:Order" minOccurs="0"/>')}${typeOf("Line", text("sku"))}`,
    ),
    "u.xsd?v=1": schemaOf(
      `<xs:import namespace="urn:t" schemaLocation="./schemas/t.xsd"/>${typeOf("Order", '<xs:element name="line" type="t:Line" maxOccurs="unbounded"/><xs:element name="of" type="u:Order" minOccurs="0"/>')}`,
      "urn:u",
    ),
  },
  arguments: { o: { line: [{ sku: "a" }], of: { line: [{ sku: "b" }] } } },
  request: soap(
    "<t:in><t:o><u:line><t:sku>a</t:sku></u:line><u:of><u:line><t:sku>b</t:sku></u:line></u:of></t:o></t:in>",
  ),
  response: soap("<t:out><t:o><u:line><t:sku>c</t:sku></u:line></t:o></t:out>"),
  data: { o: { line: [{ sku: "c" }] } },
};
