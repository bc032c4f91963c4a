import { smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const emptyMessage: CorpusCase = {
  wsdl: smallWsdl('<xs:element name="in"><xs:complexType/></xs:element>', {
    input: "",
    output: '<part name="p" element="t:in"/>',
  }),
  arguments: {},
  request: soap(""),
  response: soap("<t:in/>"),
  data: {},
};
