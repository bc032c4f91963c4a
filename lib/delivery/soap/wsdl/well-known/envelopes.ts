// The content of the schemas of SOAP envelopes and WS-Addressing. `t` is the prefix of their own namespace.

const open = (name: string, content: string) =>
  `<xs:complexType name="${name}"><xs:sequence>${content}</xs:sequence><xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType>`;
const anyOther = '<xs:any namespace="##other" minOccurs="0" maxOccurs="unbounded" processContents="lax"/>';
const any = '<xs:any namespace="##any" minOccurs="0" maxOccurs="unbounded" processContents="lax"/>';
const uri = (name: string) =>
  `<xs:complexType name="${name}"><xs:simpleContent><xs:extension base="xs:anyURI"><xs:anyAttribute namespace="##other" processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType>`;

/** http://schemas.xmlsoap.org/soap/envelope/ */
export const envelope = `
  <xs:element name="Envelope" type="t:Envelope"/><xs:element name="Header" type="t:Header"/><xs:element name="Body" type="t:Body"/>
  <xs:element name="Fault" type="t:Fault"/>
  ${open("Envelope", `<xs:element ref="t:Header" minOccurs="0"/><xs:element ref="t:Body"/>${anyOther}`)}
  ${open("Header", anyOther)}${open("Body", any)}${open("detail", any)}
  <xs:complexType name="Fault"><xs:sequence>
    <xs:element name="faultcode" type="xs:QName" form="unqualified"/><xs:element name="faultstring" type="xs:string" form="unqualified"/>
    <xs:element name="faultactor" type="xs:anyURI" minOccurs="0" form="unqualified"/>
    <xs:element name="detail" type="t:detail" minOccurs="0" form="unqualified"/></xs:sequence></xs:complexType>
  <xs:attribute name="mustUnderstand"><xs:simpleType><xs:restriction base="xs:boolean"><xs:pattern value="0|1"/></xs:restriction></xs:simpleType></xs:attribute>
  <xs:attribute name="actor" type="xs:anyURI"/>
  <xs:simpleType name="encodingStyle"><xs:list itemType="xs:anyURI"/></xs:simpleType>
  <xs:attribute name="encodingStyle" type="t:encodingStyle"/>
  <xs:attributeGroup name="encodingStyle"><xs:attribute ref="t:encodingStyle"/></xs:attributeGroup>`;

/** http://www.w3.org/2003/05/soap-envelope */
export const envelope12 = `
  <xs:element name="Envelope" type="t:Envelope"/><xs:element name="Header" type="t:Header"/><xs:element name="Body" type="t:Body"/>
  <xs:element name="Fault" type="t:Fault"/>
  ${open("Envelope", '<xs:element ref="t:Header" minOccurs="0"/><xs:element ref="t:Body"/>')}
  ${open("Header", anyOther)}${open("Body", any)}${open("detail", any)}
  <xs:complexType name="Fault"><xs:sequence>
    <xs:element name="Code" type="t:faultcode"/><xs:element name="Reason" type="t:faultreason"/>
    <xs:element name="Node" type="xs:anyURI" minOccurs="0"/><xs:element name="Role" type="xs:anyURI" minOccurs="0"/>
    <xs:element name="Detail" type="t:detail" minOccurs="0"/></xs:sequence></xs:complexType>
  <xs:complexType name="faultcode"><xs:sequence><xs:element name="Value" type="xs:QName"/>
    <xs:element name="Subcode" type="t:subcode" minOccurs="0"/></xs:sequence></xs:complexType>
  <xs:complexType name="subcode"><xs:sequence><xs:element name="Value" type="xs:QName"/>
    <xs:element name="Subcode" type="t:subcode" minOccurs="0"/></xs:sequence></xs:complexType>
  <xs:complexType name="faultreason"><xs:sequence><xs:element name="Text" type="t:reasontext" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
  <xs:complexType name="reasontext"><xs:simpleContent><xs:extension base="xs:string"><xs:attribute ref="xml:lang" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:attribute name="mustUnderstand" type="xs:boolean"/><xs:attribute name="relay" type="xs:boolean"/>
  <xs:attribute name="role" type="xs:anyURI"/><xs:attribute name="encodingStyle" type="xs:anyURI"/>`;

const related = `<xs:element name="RelatesTo" type="t:RelatesToType"/>
  <xs:complexType name="RelatesToType"><xs:simpleContent><xs:extension base="xs:anyURI">
    <xs:attribute name="RelationshipType" type="xs:anyURI"/><xs:anyAttribute namespace="##other" processContents="lax"/>
  </xs:extension></xs:simpleContent></xs:complexType>`;
const endpoints = ["ReplyTo", "From", "FaultTo"].map(
  (name) => `<xs:element name="${name}" type="t:EndpointReferenceType"/>`,
);

/** http://www.w3.org/2006/03/addressing/ws-addr.xsd */
export const addressing = `
  <xs:element name="EndpointReference" type="t:EndpointReferenceType"/>
  ${open("EndpointReferenceType", `<xs:element name="Address" type="t:AttributedURIType"/><xs:element ref="t:ReferenceParameters" minOccurs="0"/><xs:element ref="t:Metadata" minOccurs="0"/>${anyOther}`)}
  <xs:element name="ReferenceParameters" type="t:ReferenceParametersType"/>${open("ReferenceParametersType", any)}
  <xs:element name="Metadata" type="t:MetadataType"/>${open("MetadataType", any)}
  ${["MessageID", "To", "Action"].map((name) => `<xs:element name="${name}" type="t:AttributedURIType"/>`).join("")}
  ${endpoints.join("")}${related}${uri("AttributedURIType")}
  <xs:attribute name="IsReferenceParameter" type="xs:boolean"/>
  <xs:element name="RetryAfter" type="t:AttributedUnsignedLongType"/>
  <xs:complexType name="AttributedUnsignedLongType"><xs:simpleContent><xs:extension base="xs:unsignedLong"><xs:anyAttribute namespace="##other" processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:element name="ProblemHeaderQName" type="t:AttributedQNameType"/>
  <xs:complexType name="AttributedQNameType"><xs:simpleContent><xs:extension base="xs:QName"><xs:anyAttribute namespace="##other" processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:element name="ProblemIRI" type="t:AttributedURIType"/>
  <xs:element name="ProblemAction" type="t:ProblemActionType"/>
  ${open("ProblemActionType", '<xs:element ref="t:Action" minOccurs="0"/><xs:element name="SoapAction" type="xs:anyURI" minOccurs="0"/>')}`;

/** http://schemas.xmlsoap.org/ws/2004/08/addressing */
export const addressing2004 = `
  <xs:element name="EndpointReference" type="t:EndpointReferenceType"/>
  ${open("EndpointReferenceType", `<xs:element name="Address" type="t:AttributedURI"/><xs:element name="ReferenceProperties" type="t:ReferencePropertiesType" minOccurs="0"/><xs:element name="ReferenceParameters" type="t:ReferenceParametersType" minOccurs="0"/><xs:element name="PortType" type="t:AttributedQName" minOccurs="0"/><xs:element name="ServiceName" type="t:ServiceNameType" minOccurs="0"/>${anyOther}`)}
  <xs:complexType name="ReferencePropertiesType"><xs:sequence>${any}</xs:sequence></xs:complexType>
  <xs:complexType name="ReferenceParametersType"><xs:sequence>${any}</xs:sequence></xs:complexType>
  <xs:complexType name="AttributedQName"><xs:simpleContent><xs:extension base="xs:QName"><xs:anyAttribute namespace="##other" processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="ServiceNameType"><xs:simpleContent><xs:extension base="xs:QName"><xs:attribute name="PortName" type="xs:NCName"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType>
  ${["MessageID", "To", "Action"].map((name) => `<xs:element name="${name}" type="t:AttributedURI"/>`).join("")}
  ${endpoints.join("")}${uri("AttributedURI")}
  <xs:element name="RelatesTo" type="t:Relationship"/>
  <xs:complexType name="Relationship"><xs:simpleContent><xs:extension base="xs:anyURI"><xs:attribute name="RelationshipType" type="xs:QName"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType>`;
