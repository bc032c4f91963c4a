import { elementOf, output, smallWsdl, soap, text } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const overloadedOperations: CorpusCase = {
  wsdl: smallWsdl(
    `${elementOf("in", text("a"))}${elementOf("byId", '<xs:element name="id" type="xs:long"/>')}${elementOf("out", text("r"))}`,
    {
      output,
      messages: '<message name="i2"><part name="p" element="t:byId"/></message>',
      portType:
        '<operation name="op"><input message="t:i"/><output message="t:o"/></operation><operation name="op"><input name="byId" message="t:i2"/><output name="byIdResponse" message="t:o"/></operation>',
      bound:
        '<operation name="op"><soap:operation soapAction="urn:byId"/><input name="byId"><soap:body use="literal"/></input><output name="byIdResponse"><soap:body use="literal"/></output></operation>',
    },
  ),
  ref: { operation: "op (byId)" },
  arguments: { id: "9007199254740993" },
  request: soap("<t:byId><t:id>9007199254740993</t:id></t:byId>"),
  response: soap("<t:out><t:r>1</t:r></t:out>"),
  data: { r: "1" },
};
