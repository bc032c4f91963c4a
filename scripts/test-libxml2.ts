import { type Element, XMLSerializer } from "@xmldom/xmldom";
import {
  type ErrorDetail,
  XmlBufferInputProvider,
  XmlC14NMode,
  XmlDocument,
  XmlLibError,
  XsdValidator,
  xmlRegisterInputProvider,
} from "libxml2-wasm";
import { isSchema, readDocument, resolveLocation, schemasOf } from "#lib/delivery/soap/imports.ts";
import type { WsdlDocument } from "#lib/delivery/soap/model.ts";
import { ns } from "#lib/delivery/soap/names.ts";

// What libxml2, which has an XML Schema processor of its own, says of envelopes that Sallyport builds.

const buffers = new XmlBufferInputProvider({});
xmlRegisterInputProvider(buffers);
let compiled = 0;

/** Finds what libxml2 doesn't accept in an envelope, with the line; empty if it's valid. */
export type FindProblems = (xml: string) => { message: string; line: number }[];

const anything = '<xs:sequence><xs:any processContents="strict" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>';
const envelopeSchema = (namespace: string, imports: string) =>
  `<xs:schema xmlns:xs="${ns.xsd}" xmlns:s="${namespace}" targetNamespace="${namespace}" elementFormDefault="qualified">${imports}
    <xs:element name="Envelope"><xs:complexType><xs:sequence><xs:element ref="s:Header" minOccurs="0"/><xs:element ref="s:Body"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="Header"><xs:complexType>${anything}</xs:complexType></xs:element>
    <xs:element name="Body"><xs:complexType>${anything}</xs:complexType></xs:element></xs:schema>`;
const xmlSchema = `<xs:schema xmlns:xs="${ns.xsd}" targetNamespace="${ns.xml}">
  <xs:attribute name="lang"><xs:simpleType><xs:union memberTypes="xs:language"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value=""/></xs:restriction></xs:simpleType></xs:union></xs:simpleType></xs:attribute><xs:attribute name="base" type="xs:anyURI"/><xs:attribute name="id" type="xs:ID"/></xs:schema>`;

/**
 * Compiles the schemas of a WSDL with libxml2. All elements of the Header and the Body must be declared.
 * @param more schemas that the WSDL only implies, such as the wrappers of rpc/literal.
 * @throws XmlLibError for schemas that libxml2 refuses
 */
export function compileWithLibxml2(documents: readonly WsdlDocument[], more: readonly string[] = []): FindProblems {
  const folder = `mem:///${++compiled}/`;
  const files = new Map<string, string>();
  const write = (name: string, text: string) => files.set(`${folder}${name}`, text);
  const namespaces = new Map<string, string[]>([[ns.xml, []]]);
  write("xml.xsd", xmlSchema);
  namespaces.get(ns.xml)!.push("xml.xsd");
  const added = more.map((text, at): WsdlDocument => ({ location: `upload:more-${at}`, text }));
  const roots = [...documents, ...added].map((document) => ({
    location: document.location,
    base: document.base ?? document.location,
    root: readDocument(document),
  }));
  const fileOf = new Map(roots.map(({ location }, at) => [location, `${at}.xsd`]));
  const included = new Set<string>();
  const schemas = roots.flatMap(({ location, base, root }, at) =>
    (isSchema(root) ? [root] : schemasOf(root)).map((schema, index) => ({
      schema: withNamespaces(schema),
      location,
      base,
      name: isSchema(root) ? `${at}.xsd` : `${at}-${index}.xsd`,
    })),
  );
  for (const { schema, base } of schemas) {
    importXml(schema);
    for (const child of [...schema.childNodes] as Element[]) {
      if (child.localName === "import") {
        const namespace = child.getAttribute("namespace") ?? "";
        child.setAttribute("schemaLocation", fileOfNamespace(namespace));
      } else if (child.localName === "include" || child.localName === "redefine") {
        const target = resolveLocation(base, child.getAttribute("schemaLocation") ?? "") ?? "";
        included.add(target);
        child.setAttribute("schemaLocation", fileOf.get(target) ?? "");
      }
    }
  }
  for (const { schema, location, name } of schemas) {
    write(name, new XMLSerializer().serializeToString(schema));
    if (included.has(location)) continue;
    const namespace = schema.getAttribute("targetNamespace") ?? "";
    namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), name]);
  }
  for (const [namespace, names] of namespaces) {
    const includes = names.map((name) => `<xs:include schemaLocation="${name}"/>`).join("");
    const target = namespace === "" ? "" : ` targetNamespace="${namespace}"`;
    write(fileOfNamespace(namespace), `<xs:schema xmlns:xs="${ns.xsd}"${target}>${includes}</xs:schema>`);
  }
  const imports = [...namespaces.keys()]
    .map(
      (namespace) =>
        `<xs:import${namespace && ` namespace="${namespace}"`} schemaLocation="${fileOfNamespace(namespace)}"/>`,
    )
    .join("");
  write("envelope.xsd", envelopeSchema(ns.envelope, imports));
  const driver = `${imports}<xs:import namespace="${ns.envelope}" schemaLocation="envelope.xsd"/>`;
  const validator = compileFiles(files, `${folder}envelope12.xsd`, envelopeSchema(ns.envelope12, driver));
  return (xml) => findProblems(validator, xml);
}

/** Imports the namespace of `xml:lang`, which many schemas omit. */
function importXml(schema: Element): void {
  const children = [...schema.childNodes] as Element[];
  if (children.some((child) => child.localName === "import" && child.getAttribute("namespace") === ns.xml)) return;
  const added = schema.ownerDocument!.createElementNS(ns.xsd, "import");
  added.setAttribute("namespace", ns.xml);
  schema.insertBefore(added, schema.firstChild);
}

const fileOfNamespace = (namespace: string): string => `${Buffer.from(namespace).toString("hex")}.ns.xsd`;

/** A schema with the namespaces that are declared around it. */
function withNamespaces(schema: Element): Element {
  const copy = schema.cloneNode(true) as Element;
  for (let node = schema.parentNode; node?.nodeType === 1; node = node.parentNode) {
    for (const { name, value } of [...(node as Element).attributes]) {
      if (/^xmlns(:|$)/.test(name) && !copy.hasAttribute(name)) copy.setAttributeNS(ns.xmlns, name, value);
    }
  }
  return copy;
}

function compileFiles(files: ReadonlyMap<string, string>, url: string, text: string): XsdValidator {
  for (const [name, content] of files) buffers.addBuffer(name, Buffer.from(content));
  const document = XmlDocument.fromString(text, { url });
  try {
    return XsdValidator.fromDoc(document);
  } finally {
    document.dispose();
    for (const name of files.keys()) buffers.removeBuffer(name);
  }
}

function findProblems(validator: XsdValidator, xml: string): ReturnType<FindProblems> {
  const document = XmlDocument.fromBuffer(Buffer.from(xml));
  try {
    validator.validate(document);
    return [];
  } catch (err) {
    if (!(err instanceof XmlLibError)) throw err;
    return err.details.map(({ message, line }: ErrorDetail) => ({ message: message.trim(), line }));
  } finally {
    document.dispose();
  }
}

/** The canonical form of XML (Exclusive XML Canonicalization 1.0), which is the same for documents that mean the same. */
export function canonicalize(xml: string): string {
  const document = XmlDocument.fromString(xml);
  try {
    return document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 });
  } finally {
    document.dispose();
  }
}
