import { elementOf, output, smallWsdl, soap, text } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const bindingWithoutService: CorpusCase = {
  wsdl: smallWsdl(`${elementOf("in", text("a"))}${elementOf("out", text("r"))}`, { output }).replace(
    /<service[\s\S]*<\/service>/,
    "",
  ),
  ref: { service: "pt", port: "b" },
  arguments: { a: "1" },
  request: soap("<t:in><t:a>1</t:a></t:in>"),
  response: soap("<t:out><t:r>2</t:r></t:out>"),
  data: { r: "2" },
};
