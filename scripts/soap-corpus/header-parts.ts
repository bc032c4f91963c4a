import { elementOf, optional, output, smallWsdl, soap, text } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const headerParts: CorpusCase = {
  wsdl: smallWsdl(
    `${elementOf("in", text("q"))}${elementOf("out", text("a"))}${elementOf("Session", `${text("id")}${optional("client", "xs:string")}`)}
     <xs:element name="Limits"><xs:complexType><xs:attribute name="rows" type="xs:int"/></xs:complexType></xs:element>`,
    {
      input: '<part name="Session" element="t:Session"/><part name="p" element="t:in"/>',
      output,
      messages: '<message name="h"><part name="l" element="t:Limits"/></message>',
      headers:
        '<soap:header message="t:i" part="Session" use="literal"/><soap:header message="t:h" part="l" use="literal"/>',
      outputHeaders: '<soap:header message="t:h" part="l" use="literal"/>',
    },
  ),
  arguments: { q: "a", "#headers": { Session: { id: "7" }, Limits: { "@rows": 10 } } },
  request: soap("<t:in><t:q>a</t:q></t:in>", '<t:Session><t:id>7</t:id></t:Session><t:Limits rows="10"/>'),
  response: soap("<t:out><t:a>b</t:a></t:out>", '<t:Limits rows="9"/>'),
  data: { a: "b" },
};
