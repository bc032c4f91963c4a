import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const decimalPrecision: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:simpleType name="Price"><xs:restriction base="xs:decimal"><xs:totalDigits value="24"/><xs:fractionDigits value="6"/><xs:maxInclusive value="123456789012345678.000001"/></xs:restriction></xs:simpleType>
     ${elementOf("in", '<xs:element name="price" type="t:Price" maxOccurs="unbounded"/><xs:element name="id" type="xs:unsignedLong"/><xs:element name="f" type="xs:double" maxOccurs="unbounded"/>')}${elementOf("out", '<xs:element name="price" type="t:Price"/><xs:element name="n" type="xs:int"/>')}`,
    { output },
  ),
  arguments: {
    price: ["123456789012345678.000001", 1e-6, "-0.10"],
    id: "18446744073709551615",
    f: [1e21, "-INF", "NaN"],
  },
  request: soap(
    "<t:in><t:price>123456789012345678.000001</t:price><t:price>0.000001</t:price><t:price>-0.10</t:price><t:id>18446744073709551615</t:id><t:f>1e+21</t:f><t:f>-INF</t:f><t:f>NaN</t:f></t:in>",
  ),
  response: soap("<t:out><t:price>123456789012345678.000001</t:price><t:n> +7 </t:n></t:out>"),
  data: { price: "123456789012345678.000001", n: 7 },
};
