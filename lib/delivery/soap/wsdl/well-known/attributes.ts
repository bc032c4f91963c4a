// The content of schemas with attributes and small types. `t` is the prefix of their own namespace.

/** https://www.w3.org/2001/xml.xsd */
export const xml = `
  <xs:attribute name="lang"><xs:simpleType><xs:union memberTypes="xs:language">
    <xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value=""/></xs:restriction></xs:simpleType>
  </xs:union></xs:simpleType></xs:attribute>
  <xs:attribute name="space"><xs:simpleType><xs:restriction base="xs:NCName">
    <xs:enumeration value="default"/><xs:enumeration value="preserve"/></xs:restriction></xs:simpleType></xs:attribute>
  <xs:attribute name="base" type="xs:anyURI"/>
  <xs:attribute name="id" type="xs:ID"/>
  <xs:attributeGroup name="specialAttrs">
    <xs:attribute ref="xml:base"/><xs:attribute ref="xml:lang"/><xs:attribute ref="xml:space"/><xs:attribute ref="xml:id"/>
  </xs:attributeGroup>`;

const oneOf = (...values: string[]) =>
  `<xs:simpleType><xs:restriction base="xs:token">${values.map((value) => `<xs:enumeration value="${value}"/>`).join("")}</xs:restriction></xs:simpleType>`;
const linkType = (name: string, type: string, attributes: string) =>
  `<xs:attributeGroup name="${name}Attrs"><xs:attribute ref="t:type"${type}/>${attributes
    .split(" ")
    .map((each) => `<xs:attribute ref="t:${each}"/>`)
    .join("")}</xs:attributeGroup>
  <xs:attributeGroup name="${name}Link"><xs:attribute ref="t:type"${type}/>${attributes
    .split(" ")
    .map((each) => `<xs:attribute ref="t:${each}"/>`)
    .join("")}</xs:attributeGroup>`;

/** https://www.w3.org/XML/2008/06/xlink.xsd, and the names of attribute groups of its predecessor by the OGC */
export const xlink = `
  <xs:attribute name="type">${oneOf("simple", "extended", "title", "resource", "locator", "arc", "none")}</xs:attribute>
  <xs:attribute name="href" type="xs:anyURI"/>
  <xs:attribute name="role" type="xs:anyURI"/>
  <xs:attribute name="arcrole" type="xs:anyURI"/>
  <xs:attribute name="title" type="xs:string"/>
  <xs:attribute name="show">${oneOf("new", "replace", "embed", "other", "none")}</xs:attribute>
  <xs:attribute name="actuate">${oneOf("onLoad", "onRequest", "other", "none")}</xs:attribute>
  <xs:attribute name="label" type="xs:NCName"/>
  <xs:attribute name="from" type="xs:NCName"/>
  <xs:attribute name="to" type="xs:NCName"/>
  ${linkType("simple", "", "href role arcrole title show actuate")}
  ${linkType("extended", "", "role title")}
  ${linkType("locator", "", "href role title label")}
  ${linkType("resource", "", "role title label")}
  ${linkType("arc", "", "arcrole title show actuate from to")}`;

/** https://www.w3.org/2005/05/xmlmime, the same as the drafts of 2004 */
export const mimeTypes = `
  <xs:attribute name="contentType"><xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="3"/></xs:restriction></xs:simpleType></xs:attribute>
  <xs:attribute name="expectedContentTypes" type="xs:string"/>
  <xs:complexType name="base64Binary"><xs:simpleContent><xs:extension base="xs:base64Binary"><xs:attribute ref="t:contentType"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="hexBinary"><xs:simpleContent><xs:extension base="xs:hexBinary"><xs:attribute ref="t:contentType"/></xs:extension></xs:simpleContent></xs:complexType>`;

/** Types of Apache SOAP and Axis, which their WSDLs refer to and seldom define. */
export const apacheTypes = `
  <xs:complexType name="mapItem"><xs:sequence>
    <xs:element name="key" type="xs:anyType" form="unqualified" nillable="true"/>
    <xs:element name="value" type="xs:anyType" form="unqualified" nillable="true"/></xs:sequence></xs:complexType>
  <xs:complexType name="Map"><xs:sequence>
    <xs:element name="item" type="t:mapItem" form="unqualified" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
  <xs:complexType name="Vector"><xs:sequence>
    <xs:element name="item" type="xs:anyType" form="unqualified" minOccurs="0" maxOccurs="unbounded" nillable="true"/></xs:sequence></xs:complexType>
  ${["Element", "Document", "DocumentFragment", "SOAPElement"]
    .map(
      (name) =>
        `<xs:complexType name="${name}" mixed="true"><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence><xs:anyAttribute/></xs:complexType>`,
    )
    .join("")}
  ${["DataHandler", "Image", "MimeMultipart", "OctetStream", "octet-stream"]
    .map((name) => `<xs:simpleType name="${name}"><xs:restriction base="xs:base64Binary"/></xs:simpleType>`)
    .join("")}
  ${["Source", "PlainText"].map((name) => `<xs:simpleType name="${name}"><xs:restriction base="xs:string"/></xs:simpleType>`).join("")}`;
