import { elementOf, output, schemaOf, smallWsdl, soap, text } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const twoServicesOneName: CorpusCase = {
  wsdl: smallWsdl(`${elementOf("in", text("a"))}${elementOf("out", text("r"))}`, { output }).replace(
    "<types>",
    '<import namespace="urn:u" location="second.wsdl"/><types>',
  ),
  documents: {
    "second.wsdl": smallWsdl("", {
      types: schemaOf(`${elementOf("in", text("b"))}${elementOf("out", text("r"))}`, "urn:u"),
      input: '<part name="p" element="u:in"/>',
      output: '<part name="p" element="u:out"/>',
    })
      .replace('targetNamespace="urn:t">', 'targetNamespace="urn:u">')
      .replaceAll(/(message|type|binding)="t:/g, '$1="u:'),
  },
  ref: { service: "{urn:u}s" },
  arguments: { b: "1" },
  request: soap("<u:in><u:b>1</u:b></u:in>"),
  response: soap("<u:out><u:r>2</u:r></u:out>"),
  data: { r: "2" },
};
