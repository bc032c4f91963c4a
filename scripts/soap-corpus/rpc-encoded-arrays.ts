import { smallWsdl, soap, text, typeOf } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const rpcEncodedArrays: CorpusCase = {
  wsdl: smallWsdl(
    `${typeOf("Line", text("sku"))}
     <xs:complexType name="Lines"><xs:complexContent><xs:restriction base="enc:Array"><xs:attribute ref="enc:arrayType" wsdl:arrayType="t:Line[]"/></xs:restriction></xs:complexContent></xs:complexType>`,
    {
      style: "rpc",
      input: '<part name="lines" type="t:Lines"/><part name="rush" type="xs:boolean"/>',
      output: '<part name="ids" type="t:Ints"/>',
      types: undefined,
      body: '<soap:body use="encoded" namespace="urn:u" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>',
    },
  ).replace(
    "</xs:schema>",
    '<xs:complexType name="Ints"><xs:complexContent><xs:restriction base="enc:Array"><xs:attribute ref="enc:arrayType" wsdl:arrayType="xs:int[]"/></xs:restriction></xs:complexContent></xs:complexType></xs:schema>',
  ),
  unchecked: "No schema describes SOAP encoding's accessors and array types (SOAP 1.1 section 5).",
  arguments: { lines: [{ sku: "a" }, null], rush: true },
  request: soap(
    '<u:op soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><lines enc:arrayType="t:Line[2]" xsi:type="t:Lines"><item xsi:type="t:Line"><t:sku xsi:type="xsd:string">a</t:sku></item><item xsi:nil="true" xsi:type="t:Line"/></lines><rush xsi:type="xsd:boolean">true</rush></u:op>',
  ),
  response: soap(
    '<u:opResponse><ids enc:arrayType="xsd:int[2]" xsi:type="enc:Array"><item>1</item><item>2</item></ids></u:opResponse>',
  ),
  data: { ids: [1, 2] },
};
