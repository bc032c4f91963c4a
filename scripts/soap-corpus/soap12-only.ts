import { elementOf, output, smallWsdl, soap12, text } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const soap12Only: CorpusCase = {
  wsdl: smallWsdl(`${elementOf("in", text("a"))}${elementOf("out", text("r"))}`, { output }).replace(
    "http://schemas.xmlsoap.org/wsdl/soap/",
    "http://schemas.xmlsoap.org/wsdl/soap12/",
  ),
  arguments: { a: "1" },
  request: soap12("<t:in><t:a>1</t:a></t:in>"),
  response: soap12("<t:out><t:r>2</t:r></t:out>"),
  data: { r: "2" },
};
