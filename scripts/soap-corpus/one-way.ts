import { elementOf, smallWsdl, soap, text } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const oneWay: CorpusCase = {
  wsdl: smallWsdl(elementOf("in", text("event")), {
    portType: '<operation name="op"><input message="t:i"/></operation>',
  }),
  arguments: { event: "a" },
  request: soap("<t:in><t:event>a</t:event></t:in>"),
  response: null,
  data: null,
};
