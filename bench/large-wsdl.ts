/** A WSDL of more than 1 MB, as ERP systems have them: operations with nested types of their own. `seed` makes each one different. */
export function writeLargeWsdl(seed: number, operations = 520): string {
  const namespace = `urn:bench:${seed}`;
  const names = Array.from({ length: operations }, (_, index) => `Operation${seed}x${index}`);
  const fields = Array.from(
    { length: 12 },
    (_, index) => `<xsd:element name="field${index}" type="${types[index % types.length]}" minOccurs="${index % 2}"/>`,
  ).join("");
  const schema = names
    .map(
      (name) => `
<xsd:complexType name="${name}Line"><xsd:annotation><xsd:documentation>A line of ${name}, with the fields that its business object has in the system behind it.</xsd:documentation></xsd:annotation><xsd:sequence>${fields}</xsd:sequence><xsd:attribute name="unit" type="xsd:string"/></xsd:complexType>
<xsd:element name="${name}"><xsd:complexType><xsd:sequence><xsd:element name="id" type="xsd:string"/><xsd:element name="line" type="t:${name}Line" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name="${name}Response"><xsd:complexType><xsd:sequence><xsd:element name="line" type="t:${name}Line" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element>`,
    )
    .join("");
  const messages = names
    .flatMap((name) => [`${name}`, `${name}Response`])
    .map((name) => `<wsdl:message name="${name}"><wsdl:part name="parameters" element="t:${name}"/></wsdl:message>`)
    .join("\n");
  const port = names
    .map(
      (name) =>
        `<wsdl:operation name="${name}"><wsdl:input message="t:${name}"/><wsdl:output message="t:${name}Response"/></wsdl:operation>`,
    )
    .join("\n");
  const binding = names
    .map(
      (name) =>
        `<wsdl:operation name="${name}"><soap:operation soapAction="${namespace}:${name}"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>`,
    )
    .join("\n");
  return `<?xml version="1.0"?>
<wsdl:definitions targetNamespace="${namespace}" xmlns:t="${namespace}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<wsdl:types><xsd:schema targetNamespace="${namespace}" elementFormDefault="qualified">${schema}</xsd:schema></wsdl:types>
${messages}
<wsdl:portType name="Bench">${port}</wsdl:portType>
<wsdl:binding name="Bench" type="t:Bench"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>${binding}</wsdl:binding>
<wsdl:service name="Bench"><wsdl:port name="Bench" binding="t:Bench"><soap:address location="http://localhost/bench"/></wsdl:port></wsdl:service>
</wsdl:definitions>`;
}

const types = ["xsd:string", "xsd:decimal", "xsd:date", "xsd:int", "xsd:boolean", "xsd:dateTime"];
