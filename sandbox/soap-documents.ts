export const STOCK_NAMESPACE = "urn:sallyport:sandbox:stock";

const SOAP_HTTP = "http://schemas.xmlsoap.org/soap/http";
export const OPERATIONS: readonly string[] = ["GetStock", "ReserveStock", "Ping"];

/** What SOAPAction of SOAP 1.1 and the action of SOAP 1.2's media type say for an operation. */
export const actionOf = (operation: string): string => `${STOCK_NAMESPACE}:${operation}`;

/** The WSDL of the stock service: document/literal, wrapped but for Ping, over SOAP 1.1 and 1.2. Its types are a document of their own. */
export function writeWsdl(address: string): string {
  const messages = OPERATIONS.map(
    (name) => `
  <wsdl:message name="${name}Request"><wsdl:part name="parameters" element="s:${name}"/></wsdl:message>
  <wsdl:message name="${name}Response"><wsdl:part name="parameters" element="s:${name}Response"/></wsdl:message>`,
  ).join("");
  return `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name="Stock" targetNamespace="${STOCK_NAMESPACE}" xmlns:s="${STOCK_NAMESPACE}"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <wsdl:documentation>What is in stock, and how to reserve some of it.</wsdl:documentation>
  <wsdl:types>
    <xsd:schema><xsd:import namespace="${STOCK_NAMESPACE}" schemaLocation="?xsd=types"/></xsd:schema>
  </wsdl:types>${messages}
  <wsdl:message name="StockFault"><wsdl:part name="fault" element="s:StockFault"/></wsdl:message>
  <wsdl:portType name="StockPortType">${OPERATIONS.map(writePortOperation).join("")}
  </wsdl:portType>
  ${writeBinding("StockSoap", "soap")}
  ${writeBinding("StockSoap12", "soap12")}
  <wsdl:service name="Stock">
    <wsdl:port name="StockSoap" binding="s:StockSoap"><soap:address location="${address}"/></wsdl:port>
    <wsdl:port name="StockSoap12" binding="s:StockSoap12"><soap12:address location="${address}"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`;
}

const DOCUMENTATION: Record<string, string> = {
  GetStock: "How much of an item is in stock.",
  ReserveStock: "Reserves items for an order. A StockFault says which item there is too little of.",
  Ping: "Answers with what was sent.",
};

function writePortOperation(name: string): string {
  return `
    <wsdl:operation name="${name}">
      <wsdl:documentation>${DOCUMENTATION[name]}</wsdl:documentation>
      <wsdl:input message="s:${name}Request"/>
      <wsdl:output message="s:${name}Response"/>${
        name === "Ping" ? "" : '\n      <wsdl:fault name="StockFault" message="s:StockFault"/>'
      }
    </wsdl:operation>`;
}

function writeBinding(name: string, prefix: "soap" | "soap12"): string {
  const operations = OPERATIONS.map(
    (operation) => `
    <wsdl:operation name="${operation}">
      <${prefix}:operation soapAction="${actionOf(operation)}" style="document"/>
      <wsdl:input><${prefix}:body use="literal"/></wsdl:input>
      <wsdl:output><${prefix}:body use="literal"/></wsdl:output>${
        operation === "Ping"
          ? ""
          : `\n      <wsdl:fault name="StockFault"><${prefix}:fault name="StockFault" use="literal"/></wsdl:fault>`
      }
    </wsdl:operation>`,
  ).join("");
  return `<wsdl:binding name="${name}" type="s:StockPortType">
    <${prefix}:binding style="document" transport="${SOAP_HTTP}"/>${operations}
  </wsdl:binding>`;
}

/** The schema that the WSDL imports. */
export const STOCK_TYPES = `<?xml version="1.0" encoding="utf-8"?>
<xsd:schema targetNamespace="${STOCK_NAMESPACE}" xmlns="${STOCK_NAMESPACE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
    elementFormDefault="qualified">
  <xsd:simpleType name="Unit">
    <xsd:restriction base="xsd:string">
      <xsd:enumeration value="piece"/><xsd:enumeration value="kg"/><xsd:enumeration value="litre"/>
    </xsd:restriction>
  </xsd:simpleType>
  <xsd:simpleType name="ItemNumber">
    <xsd:restriction base="xsd:string"><xsd:pattern value="[A-Z]{2}-[0-9]{4}"/></xsd:restriction>
  </xsd:simpleType>
  <xsd:complexType name="Line">
    <xsd:sequence>
      <xsd:element name="item" type="ItemNumber"/>
      <xsd:element name="quantity" type="xsd:decimal"/>
      <xsd:element name="note" type="xsd:string" minOccurs="0" nillable="true"/>
    </xsd:sequence>
    <xsd:attribute name="unit" type="Unit" use="required"/>
  </xsd:complexType>
  <xsd:element name="GetStock">
    <xsd:complexType>
      <xsd:sequence>
        <xsd:element name="site" type="xsd:string"/>
        <xsd:element name="item" type="ItemNumber"/>
        <xsd:element name="onDate" type="xsd:date" minOccurs="0"/>
      </xsd:sequence>
    </xsd:complexType>
  </xsd:element>
  <xsd:element name="GetStockResponse">
    <xsd:complexType>
      <xsd:sequence>
        <xsd:element name="item" type="ItemNumber"/>
        <xsd:element name="quantity" type="xsd:decimal"/>
        <xsd:element name="unit" type="Unit"/>
        <xsd:element name="countedAt" type="xsd:dateTime"/>
      </xsd:sequence>
    </xsd:complexType>
  </xsd:element>
  <xsd:element name="ReserveStock">
    <xsd:complexType>
      <xsd:sequence>
        <xsd:element name="order">
          <xsd:complexType>
            <xsd:sequence>
              <xsd:element name="number" type="xsd:int"/>
              <xsd:element name="lines" type="Line" maxOccurs="50"/>
              <xsd:choice>
                <xsd:element name="pickUpOn" type="xsd:date"/>
                <xsd:element name="deliverTo" type="xsd:string"/>
              </xsd:choice>
            </xsd:sequence>
          </xsd:complexType>
        </xsd:element>
      </xsd:sequence>
    </xsd:complexType>
  </xsd:element>
  <xsd:element name="ReserveStockResponse">
    <xsd:complexType>
      <xsd:sequence>
        <xsd:element name="reservation" type="xsd:int"/>
        <xsd:element name="lines" type="Line" minOccurs="0" maxOccurs="unbounded"/>
      </xsd:sequence>
    </xsd:complexType>
  </xsd:element>
  <xsd:element name="Ping" type="xsd:string"/>
  <xsd:element name="PingResponse" type="xsd:string"/>
  <xsd:element name="StockFault">
    <xsd:complexType>
      <xsd:sequence>
        <xsd:element name="reason" type="xsd:string"/>
        <xsd:element name="item" type="xsd:string" minOccurs="0"/>
        <xsd:element name="available" type="xsd:decimal" minOccurs="0"/>
      </xsd:sequence>
    </xsd:complexType>
  </xsd:element>
</xsd:schema>
`;
