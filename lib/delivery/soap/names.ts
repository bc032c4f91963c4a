/** Namespaces of the specifications that lib/delivery/soap reads and writes. */
export const ns = {
  wsdl: "http://schemas.xmlsoap.org/wsdl/",
  wsdlSoap: "http://schemas.xmlsoap.org/wsdl/soap/",
  wsdlSoap12: "http://schemas.xmlsoap.org/wsdl/soap12/",
  xsd: "http://www.w3.org/2001/XMLSchema",
  xsi: "http://www.w3.org/2001/XMLSchema-instance",
  envelope: "http://schemas.xmlsoap.org/soap/envelope/",
  envelope12: "http://www.w3.org/2003/05/soap-envelope",
  encoding: "http://schemas.xmlsoap.org/soap/encoding/",
  wsse: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
  wsu: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
  addressing: "http://www.w3.org/2005/08/addressing",
  wsaw: "http://www.w3.org/2006/05/addressing/wsdl",
  wsam: "http://www.w3.org/2007/05/addressing/metadata",
  xmlns: "http://www.w3.org/2000/xmlns/",
  xml: "http://www.w3.org/XML/1998/namespace",
} as const;

/** A qualified name as one text: `{namespace}local`, or `local` without a namespace. */
export type QName = string;

export function toQName(namespace: string | null, local: string): QName {
  return namespace ? `{${namespace}}${local}` : local;
}

export function localOf(name: QName): string {
  return name.slice(name.indexOf("}") + 1);
}

export function namespaceOf(name: QName): string {
  return name.startsWith("{") ? name.slice(1, name.indexOf("}")) : "";
}
