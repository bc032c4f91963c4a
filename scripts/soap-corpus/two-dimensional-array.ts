import { smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const twoDimensionalArray: CorpusCase = {
  wsdl: smallWsdl(
    '<xs:complexType name="Grid"><xs:complexContent><xs:restriction base="enc:Array"><xs:attribute ref="enc:arrayType" wsdl:arrayType="xs:int[,]"/></xs:restriction></xs:complexContent></xs:complexType>',
    {
      style: "rpc",
      input: '<part name="grid" type="t:Grid"/>',
      output: '<part name="grid" type="t:Grid"/>',
      body: '<soap:body use="encoded" namespace="urn:u" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>',
    },
  ),
  unchecked: "No schema describes SOAP encoding's accessors and array types (SOAP 1.1 section 5).",
  arguments: {
    grid: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  },
  request: soap(
    `<u:op soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><grid enc:arrayType="xsd:int[2,3]" xsi:type="t:Grid">${[1, 2, 3, 4, 5, 6].map((each) => `<item xsi:type="xsd:int">${each}</item>`).join("")}</grid></u:op>`,
  ),
  response: soap(
    '<u:opResponse><grid enc:arrayType="xsd:int[2,2]"><i>1</i><i>2</i><i>3</i><i>4</i></grid></u:opResponse>',
  ),
  data: {
    grid: [
      [1, 2],
      [3, 4],
    ],
  },
};
