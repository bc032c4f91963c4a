import { elementOf, output, smallWsdl, soap, text } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const wsaActionDefaults: CorpusCase = {
  wsdl: smallWsdl(`${elementOf("in", text("a"))}${elementOf("out", text("r"))}`, { output, action: "" }),
  addressing: { to: "http://erp.example/", messageId: "urn:uuid:1" },
  implied: [
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2005/08/addressing" elementFormDefault="qualified">
      <xs:element name="To" type="xs:anyURI"/><xs:element name="Action" type="xs:anyURI"/><xs:element name="MessageID" type="xs:anyURI"/>${elementOf("ReplyTo", '<xs:element name="Address" type="xs:anyURI"/>')}</xs:schema>`,
  ],
  arguments: { a: "1" },
  request: soap(
    "<t:in><t:a>1</t:a></t:in>",
    '<wsa:To xmlns:wsa="http://www.w3.org/2005/08/addressing">http://erp.example/</wsa:To><wsa:Action xmlns:wsa="http://www.w3.org/2005/08/addressing">urn:t:pt:opRequest</wsa:Action><wsa:MessageID xmlns:wsa="http://www.w3.org/2005/08/addressing">urn:uuid:1</wsa:MessageID><wsa:ReplyTo xmlns:wsa="http://www.w3.org/2005/08/addressing"><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo>',
  ),
  response: soap("<t:out><t:r>2</t:r></t:out>"),
  data: { r: "2" },
};
