import { ns } from "../names.ts";
import { parseXml } from "../xml/parse-xml.ts";
import { indexSchemas, type SchemaIndex, toSchemaPart } from "./schema-index.ts";
import { apacheTypes, mimeTypes, xlink, xml } from "./well-known/attributes.ts";
import { addressing, addressing2004, envelope, envelope12 } from "./well-known/envelopes.ts";
import { exclusiveC14n, wsu, xmlEncryption, xmlSignature, xop } from "./well-known/security.ts";

/**
 * Schemas that WSDLs import by a URL of the W3C, OASIS, or Apache, or not at all. Compiling them needs no Internet access, and the
 * document type declaration of XML Signature's schema isn't read.
 */
const texts: Record<string, string> = {
  [ns.xml]: xml,
  "http://www.w3.org/1999/xlink": xlink,
  "http://www.w3.org/2005/05/xmlmime": mimeTypes,
  "http://www.w3.org/2004/11/xmlmime": mimeTypes,
  "http://www.w3.org/2004/06/xmlmime": mimeTypes,
  "http://xml.apache.org/xml-soap": apacheTypes,
  [ns.envelope]: envelope,
  [ns.envelope12]: envelope12,
  [ns.addressing]: addressing,
  "http://schemas.xmlsoap.org/ws/2004/08/addressing": addressing2004,
  "http://www.w3.org/2000/09/xmldsig#": xmlSignature,
  "http://www.w3.org/2001/04/xmlenc#": xmlEncryption,
  "http://www.w3.org/2001/10/xml-exc-c14n#": exclusiveC14n,
  "http://www.w3.org/2004/08/xop/include": xop,
  [ns.wsu]: wsu,
};

/** Namespaces whose types are built in, or that define nothing that a message contains. */
const builtIn = new Set<string>([ns.xsd, ns.xsi, ns.encoding, ns.wsdl, ns.wsdlSoap, ns.wsdlSoap12]);

/** Whether imports of a namespace aren't followed, wherever they lead. */
export function isWellKnown(namespace: string | null): boolean {
  return namespace !== null && (builtIn.has(namespace) || Object.hasOwn(texts, namespace));
}

const indexes = new Map<string, SchemaIndex>();

/** The components of a well-known schema. It's parsed when something refers to it. */
export function findWellKnown(namespace: string): SchemaIndex | null {
  if (!Object.hasOwn(texts, namespace)) return null;
  const known = indexes.get(namespace);
  if (known) return known;
  const text = `<xs:schema xmlns:xs="${ns.xsd}" xmlns:t="${namespace}" targetNamespace="${namespace}" elementFormDefault="qualified">${texts[namespace]}</xs:schema>`;
  const index = indexSchemas([toSchemaPart(parseXml(text), namespace, null)]);
  indexes.set(namespace, index);
  return index;
}
