// The content of the schemas of XML Signature, XML Encryption, and their neighbors. `t` is the prefix of their own namespace.

const open = (name: string, content: string, attributes = "", mixed = "") =>
  `<xs:element name="${name}" type="t:${name}Type"/><xs:complexType name="${name}Type"${mixed}>${content}${attributes}</xs:complexType>`;
const id = '<xs:attribute name="Id" type="xs:ID"/>';
const algorithm = '<xs:attribute name="Algorithm" type="xs:anyURI" use="required"/>';
const anyOther = '<xs:any processContents="lax" namespace="##other" minOccurs="0" maxOccurs="unbounded"/>';
const lax = '<xs:any processContents="lax" namespace="##other"/>';

/** https://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd */
export const xmlSignature = `
  <xs:simpleType name="CryptoBinary"><xs:restriction base="xs:base64Binary"/></xs:simpleType>
  ${open("Signature", '<xs:sequence><xs:element ref="t:SignedInfo"/><xs:element ref="t:SignatureValue"/><xs:element ref="t:KeyInfo" minOccurs="0"/><xs:element ref="t:Object" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>', id)}
  ${open("SignatureValue", `<xs:simpleContent><xs:extension base="xs:base64Binary">${id}</xs:extension></xs:simpleContent>`)}
  ${open("SignedInfo", '<xs:sequence><xs:element ref="t:CanonicalizationMethod"/><xs:element ref="t:SignatureMethod"/><xs:element ref="t:Reference" maxOccurs="unbounded"/></xs:sequence>', id)}
  ${open("CanonicalizationMethod", `<xs:sequence>${anyOther}</xs:sequence>`, algorithm, ' mixed="true"')}
  ${open("SignatureMethod", `<xs:sequence><xs:element name="HMACOutputLength" type="t:HMACOutputLengthType" minOccurs="0"/>${anyOther}</xs:sequence>`, algorithm, ' mixed="true"')}
  <xs:simpleType name="HMACOutputLengthType"><xs:restriction base="xs:integer"/></xs:simpleType>
  ${open("Reference", '<xs:sequence><xs:element ref="t:Transforms" minOccurs="0"/><xs:element ref="t:DigestMethod"/><xs:element ref="t:DigestValue"/></xs:sequence>', `${id}<xs:attribute name="URI" type="xs:anyURI"/><xs:attribute name="Type" type="xs:anyURI"/>`)}
  ${open("Transforms", '<xs:sequence><xs:element ref="t:Transform" maxOccurs="unbounded"/></xs:sequence>')}
  ${open("Transform", `<xs:choice minOccurs="0" maxOccurs="unbounded">${lax}<xs:element name="XPath" type="xs:string"/></xs:choice>`, algorithm, ' mixed="true"')}
  ${open("DigestMethod", `<xs:sequence>${anyOther}</xs:sequence>`, algorithm, ' mixed="true"')}
  <xs:element name="DigestValue" type="t:DigestValueType"/><xs:simpleType name="DigestValueType"><xs:restriction base="xs:base64Binary"/></xs:simpleType>
  ${open("KeyInfo", `<xs:choice maxOccurs="unbounded"><xs:element ref="t:KeyName"/><xs:element ref="t:KeyValue"/><xs:element ref="t:RetrievalMethod"/><xs:element ref="t:X509Data"/><xs:element ref="t:PGPData"/><xs:element ref="t:SPKIData"/><xs:element ref="t:MgmtData"/>${lax}</xs:choice>`, id, ' mixed="true"')}
  <xs:element name="KeyName" type="xs:string"/><xs:element name="MgmtData" type="xs:string"/>
  ${open("KeyValue", `<xs:choice><xs:element ref="t:DSAKeyValue"/><xs:element ref="t:RSAKeyValue"/>${lax}</xs:choice>`, "", ' mixed="true"')}
  ${open("RetrievalMethod", '<xs:sequence><xs:element ref="t:Transforms" minOccurs="0"/></xs:sequence>', '<xs:attribute name="URI" type="xs:anyURI"/><xs:attribute name="Type" type="xs:anyURI"/>')}
  ${open("X509Data", `<xs:sequence maxOccurs="unbounded"><xs:choice><xs:element name="X509IssuerSerial" type="t:X509IssuerSerialType"/><xs:element name="X509SKI" type="xs:base64Binary"/><xs:element name="X509SubjectName" type="xs:string"/><xs:element name="X509Certificate" type="xs:base64Binary"/><xs:element name="X509CRL" type="xs:base64Binary"/>${lax}</xs:choice></xs:sequence>`)}
  <xs:complexType name="X509IssuerSerialType"><xs:sequence><xs:element name="X509IssuerName" type="xs:string"/><xs:element name="X509SerialNumber" type="xs:integer"/></xs:sequence></xs:complexType>
  ${open("PGPData", `<xs:choice><xs:sequence><xs:element name="PGPKeyID" type="xs:base64Binary"/><xs:element name="PGPKeyPacket" type="xs:base64Binary" minOccurs="0"/>${anyOther}</xs:sequence><xs:sequence><xs:element name="PGPKeyPacket" type="xs:base64Binary"/>${anyOther}</xs:sequence></xs:choice>`)}
  ${open("SPKIData", `<xs:sequence maxOccurs="unbounded"><xs:element name="SPKISexp" type="xs:base64Binary"/><xs:any processContents="lax" namespace="##other" minOccurs="0"/></xs:sequence>`)}
  ${open("Object", '<xs:sequence minOccurs="0" maxOccurs="unbounded"><xs:any namespace="##any" processContents="lax"/></xs:sequence>', `${id}<xs:attribute name="MimeType" type="xs:string"/><xs:attribute name="Encoding" type="xs:anyURI"/>`, ' mixed="true"')}
  ${open("Manifest", '<xs:sequence><xs:element ref="t:Reference" maxOccurs="unbounded"/></xs:sequence>', id)}
  ${open("SignatureProperties", '<xs:sequence><xs:element ref="t:SignatureProperty" maxOccurs="unbounded"/></xs:sequence>', id)}
  ${open("SignatureProperty", `<xs:choice maxOccurs="unbounded">${lax}</xs:choice>`, `<xs:attribute name="Target" type="xs:anyURI" use="required"/>${id}`, ' mixed="true"')}
  ${open("DSAKeyValue", '<xs:sequence><xs:sequence minOccurs="0"><xs:element name="P" type="t:CryptoBinary"/><xs:element name="Q" type="t:CryptoBinary"/></xs:sequence><xs:element name="G" type="t:CryptoBinary" minOccurs="0"/><xs:element name="Y" type="t:CryptoBinary"/><xs:element name="J" type="t:CryptoBinary" minOccurs="0"/><xs:sequence minOccurs="0"><xs:element name="Seed" type="t:CryptoBinary"/><xs:element name="PgenCounter" type="t:CryptoBinary"/></xs:sequence></xs:sequence>')}
  ${open("RSAKeyValue", '<xs:sequence><xs:element name="Modulus" type="t:CryptoBinary"/><xs:element name="Exponent" type="t:CryptoBinary"/></xs:sequence>')}`;

const signature = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
const encrypted = (name: string, more: string, attributes = "") =>
  `<xs:element name="${name}" type="t:${name}Type"/><xs:complexType name="${name}Type"><xs:complexContent><xs:extension base="t:EncryptedType">${more}${attributes}</xs:extension></xs:complexContent></xs:complexType>`;

/** https://www.w3.org/TR/xmlenc-core/xenc-schema.xsd */
export const xmlEncryption = `
  <xs:complexType name="EncryptedType" abstract="true"><xs:sequence>
    <xs:element name="EncryptionMethod" type="t:EncryptionMethodType" minOccurs="0"/><xs:element ref="ds:KeyInfo" ${signature} minOccurs="0"/>
    <xs:element ref="t:CipherData"/><xs:element ref="t:EncryptionProperties" minOccurs="0"/></xs:sequence>
    ${id}<xs:attribute name="Type" type="xs:anyURI"/><xs:attribute name="MimeType" type="xs:string"/><xs:attribute name="Encoding" type="xs:anyURI"/></xs:complexType>
  <xs:complexType name="EncryptionMethodType" mixed="true"><xs:sequence><xs:element name="KeySize" minOccurs="0" type="xs:integer"/>
    <xs:element name="OAEPparams" minOccurs="0" type="xs:base64Binary"/>${anyOther}</xs:sequence>${algorithm}</xs:complexType>
  ${open("CipherData", '<xs:choice><xs:element name="CipherValue" type="xs:base64Binary"/><xs:element ref="t:CipherReference"/></xs:choice>')}
  ${open("CipherReference", '<xs:choice><xs:element name="Transforms" type="t:TransformsType" minOccurs="0"/></xs:choice>', '<xs:attribute name="URI" type="xs:anyURI" use="required"/>')}
  <xs:complexType name="TransformsType"><xs:sequence><xs:element ref="ds:Transform" ${signature} maxOccurs="unbounded"/></xs:sequence></xs:complexType>
  ${encrypted("EncryptedData", "")}
  ${encrypted("EncryptedKey", '<xs:sequence><xs:element ref="t:ReferenceList" minOccurs="0"/><xs:element name="CarriedKeyName" type="xs:string" minOccurs="0"/></xs:sequence>', '<xs:attribute name="Recipient" type="xs:string"/>')}
  <xs:element name="ReferenceList"><xs:complexType><xs:choice maxOccurs="unbounded"><xs:element name="DataReference" type="t:ReferenceType"/><xs:element name="KeyReference" type="t:ReferenceType"/></xs:choice></xs:complexType></xs:element>
  <xs:complexType name="ReferenceType"><xs:sequence>${anyOther}</xs:sequence><xs:attribute name="URI" type="xs:anyURI" use="required"/></xs:complexType>
  ${open("EncryptionProperties", '<xs:sequence><xs:element ref="t:EncryptionProperty" maxOccurs="unbounded"/></xs:sequence>', id)}
  ${open("EncryptionProperty", `<xs:choice maxOccurs="unbounded">${lax}</xs:choice>`, `<xs:attribute name="Target" type="xs:anyURI"/>${id}`, ' mixed="true"')}`;

/** https://www.w3.org/TR/xml-exc-c14n/exc-c14n.xsd */
export const exclusiveC14n = `<xs:element name="InclusiveNamespaces" type="t:InclusiveNamespaces"/>
  <xs:complexType name="InclusiveNamespaces"><xs:attribute name="PrefixList" type="xs:NMTOKENS"/></xs:complexType>`;

/** https://www.w3.org/2004/08/xop/include */
export const xop = `<xs:element name="Include" type="t:Include"/>
  <xs:complexType name="Include"><xs:sequence>${anyOther}</xs:sequence><xs:attribute name="href" type="xs:anyURI" use="required"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType>`;

const attributed = (name: string) =>
  `<xs:complexType name="Attributed${name}"><xs:simpleContent><xs:extension base="xs:${name === "URI" ? "anyURI" : "string"}"><xs:attributeGroup ref="t:commonAtts"/></xs:extension></xs:simpleContent></xs:complexType>`;

/** http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd */
export const wsu = `<xs:attribute name="Id" type="xs:ID"/>
  <xs:attributeGroup name="commonAtts"><xs:attribute ref="t:Id"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:attributeGroup>
  ${attributed("DateTime")}${attributed("URI")}
  <xs:complexType name="TimestampType"><xs:sequence><xs:element ref="t:Created" minOccurs="0"/><xs:element ref="t:Expires" minOccurs="0"/>
    <xs:choice minOccurs="0" maxOccurs="unbounded">${lax}</xs:choice></xs:sequence><xs:attributeGroup ref="t:commonAtts"/></xs:complexType>
  <xs:element name="Timestamp" type="t:TimestampType"/><xs:element name="Created" type="t:AttributedDateTime"/><xs:element name="Expires" type="t:AttributedDateTime"/>`;
