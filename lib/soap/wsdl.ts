import { createHash } from "node:crypto";
import { AppError } from "../errors.ts";
import { xsd } from "./builtin.ts";
import { isSchema, readDocument, resolveLocation, schemasOf } from "./imports.ts";
import { countElements, maxDocuments, maxWsdlBytes } from "./limits.ts";
import type {
  ElementNode,
  GroupNode,
  MessageBody,
  OperationNode,
  PortNode,
  ServiceDescription,
  ServiceNode,
  SoapVersion,
  Wsdl,
  WsdlDocument,
} from "./model.ts";
import { localOf, namespaceOf, ns, type QName, toQName } from "./names.ts";
import { compileSchemas, type SchemaCompiler } from "./schema.ts";
import { invalidWsdl, lineOf, type SchemaPart, toSchemaPart } from "./schema-index.ts";
import { attribute, childElements, childrenNamed, type Element, findDocumentation, resolveName } from "./xml.ts";

/** A definition of a WSDL (a message, a port type, a binding) and the document that it stands in. */
type Definition = { element: Element; location: string };
type Definitions = Record<"message" | "portType" | "binding", Map<QName, Definition>> & { services: Definition[] };

/** SHA-256 over the documents in hex, whatever order they were read in; the first one stays the first. */
export function hashWsdl(documents: readonly WsdlDocument[]): string {
  const hash = createHash("sha256");
  const [entry, ...rest] = documents;
  const sorted = [entry!, ...rest.toSorted((one, other) => (one.location < other.location ? -1 : 1))];
  for (const { location, text } of sorted) hash.update(`${location}\0${text.length}\0${text}\0`);
  return hash.digest("hex");
}

/**
 * Compiles a WSDL 1.1 with its SOAP bindings.
 * @param documents the WSDL first, then everything that it imports.
 * @throws AppError `wsdl_invalid` (what and where), `wsdl_too_large`, `wsdl_import_refused`
 */
export function parseWsdl(documents: readonly WsdlDocument[]): Wsdl {
  checkSize(documents);
  const roots = new Map<string, Element>();
  for (const document of documents) roots.set(document.location, readDocument(document));
  countElements([...roots.values()]);
  const definitions: Definitions = { message: new Map(), portType: new Map(), binding: new Map(), services: [] };
  for (const [location, root] of roots) if (!isSchema(root)) collect(root, location, definitions);
  const { types, elements, compiler } = compileSchemas(collectSchemas(documents, roots));
  const context = { definitions, elements, compiler };
  const services = definitions.services.map((service) => compileService(service, context));
  if (services.every(({ ports }) => ports.length === 0)) {
    throw invalidWsdl(documents[0]!.location, "it has no service with a port for SOAP 1.1 or 1.2 over HTTP");
  }
  return { services: services.filter(({ ports }) => ports.length > 0), types, elements };
}

/** What a WSDL offers. */
export function listServices({ services }: Wsdl): ServiceDescription[] {
  return services.map(({ name, ports }) => ({
    name,
    ports: ports.map(({ name: port, address, soapVersion, operations }) => ({
      name: port,
      address,
      soapVersion,
      operations: Object.keys(operations).sort(),
    })),
  }));
}

function checkSize(documents: readonly WsdlDocument[]): void {
  const bytes = documents.reduce((sum, { text }) => sum + text.length, 0);
  if (bytes <= maxWsdlBytes && documents.length <= maxDocuments) return;
  throw new AppError(
    "wsdl_too_large",
    `The WSDL has ${documents.length} documents with ${bytes} characters, which is too large.`,
    {
      hint: `At most ${maxDocuments} documents and ${maxWsdlBytes} characters are read. Upload a WSDL that has only what is needed.`,
    },
  );
}

function collect(root: Element, location: string, into: Definitions): void {
  if (root.namespaceURI !== ns.wsdl || root.localName !== "definitions") {
    const what =
      root.namespaceURI === "http://www.w3.org/ns/wsdl"
        ? "it is WSDL 2.0, and WSDL 1.1 is needed"
        : `its root is ${root.nodeName}, not wsdl:definitions`;
    throw invalidWsdl(location, what, lineOf(root));
  }
  const namespace = attribute(root, "targetNamespace") ?? "";
  for (const child of childElements(root)) {
    if (child.namespaceURI !== ns.wsdl) continue;
    const definition = { element: child, location };
    const name = toQName(namespace, attribute(child, "name") ?? "");
    const kind = child.localName;
    if (kind === "service") into.services.push(definition);
    else if (kind === "message" || kind === "portType" || kind === "binding") into[kind].set(name, definition);
  }
}

/** All schemas: inside of WSDLs, and documents of their own, included ones in the namespace of who includes them. */
function collectSchemas(documents: readonly WsdlDocument[], roots: Map<string, Element>): SchemaPart[] {
  const parts: SchemaPart[] = [];
  const seen = new Map<Element, Set<string>>();
  const add = (element: Element, location: string, includedIn: string | null) => {
    const part = toSchemaPart(element, location, includedIn);
    const namespaces = seen.get(element) ?? new Set();
    if (namespaces.has(part.namespace)) return;
    seen.set(element, namespaces.add(part.namespace));
    parts.push(part);
    for (const child of childElements(element)) {
      if (child.localName !== "include" && child.localName !== "redefine") continue;
      const target = resolveLocation(location, attribute(child, "schemaLocation") ?? "");
      const root = target === null ? undefined : roots.get(target);
      if (root) add(root, target!, part.namespace);
    }
  };
  for (const { location } of documents) {
    const root = roots.get(location)!;
    for (const schema of isSchema(root) ? [root] : schemasOf(root)) add(schema, location, null);
  }
  return parts;
}

type Context = { definitions: Definitions; elements: Record<QName, ElementNode>; compiler: SchemaCompiler };

function compileService({ element, location }: Definition, context: Context): ServiceNode {
  const ports = childrenNamed(element, ns.wsdl, "port")
    .map((port) => compilePort(port, location, context))
    .filter((port): port is PortNode => port !== null);
  return { name: attribute(element, "name") ?? "", documentation: findDocumentation(element), ports };
}

/** Null for a port that is not SOAP over HTTP. */
function compilePort(port: Element, location: string, context: Context): PortNode | null {
  const bindingName = resolveName(port, attribute(port, "binding") ?? "");
  const binding = context.definitions.binding.get(bindingName);
  if (!binding) throw invalidWsdl(location, `the binding ${bindingName} of a port is not defined`, lineOf(port));
  const soap = childElements(binding.element).find(
    (child) =>
      child.localName === "binding" && (child.namespaceURI === ns.wsdlSoap || child.namespaceURI === ns.wsdlSoap12),
  );
  if (!soap || !isHttp(attribute(soap, "transport"))) return null;
  const soapVersion: SoapVersion = soap.namespaceURI === ns.wsdlSoap12 ? "1.2" : "1.1";
  const address = childElements(port).find(
    ({ localName, namespaceURI }) => localName === "address" && namespaceURI === soap.namespaceURI,
  );
  const operations: Record<string, OperationNode> = Object.create(null) as Record<string, OperationNode>;
  for (const each of childrenNamed(binding.element, ns.wsdl, "operation")) {
    const operation = compileOperation(
      each,
      binding,
      attribute(soap, "style") ?? "document",
      soap.namespaceURI!,
      context,
    );
    // The first of an overloaded name counts.
    operations[operation.name] ??= operation;
  }
  const url = (address && attribute(address, "location"))?.trim() ?? "";
  return {
    name: attribute(port, "name") ?? "",
    address: /^https?:\/\//i.test(url) ? url : null,
    soapVersion,
    operations,
  };
}

/** SOAP 1.2 bindings name the same transport as those of 1.1, or one of their own. */
const isHttp = (transport: string | null): boolean =>
  transport === null ||
  ["http://schemas.xmlsoap.org/soap/http", "http://www.w3.org/2003/05/soap/bindings/HTTP/"].includes(transport);

function compileOperation(
  bound: Element,
  binding: Definition,
  bindingStyle: string,
  soapNamespace: string,
  context: Context,
): OperationNode {
  const name = attribute(bound, "name") ?? "";
  const typeName = resolveName(binding.element, attribute(binding.element, "type") ?? "");
  const portType = context.definitions.portType.get(typeName);
  if (!portType)
    throw invalidWsdl(binding.location, `the port type ${typeName} is not defined`, lineOf(binding.element));
  const abstract = operationsOf(portType.element).get(name);
  if (!abstract)
    throw invalidWsdl(binding.location, `the port type ${typeName} has no operation ${name}`, lineOf(bound));
  const soap = childElements(bound).find(
    ({ localName, namespaceURI }) => localName === "operation" && namespaceURI === soapNamespace,
  );
  const style = ((soap && attribute(soap, "style")) ?? bindingStyle) === "rpc" ? "rpc" : "document";
  const side = (which: "input" | "output") => {
    const [message] = childrenNamed(abstract, ns.wsdl, which);
    if (!message) return null;
    return compileBody({ which, name, style, message, portType, bound, soapNamespace, context });
  };
  const input = side("input");
  if (!input) throw invalidWsdl(portType.location, `the operation ${name} takes nothing in`, lineOf(abstract));
  const soapAction = (soap && attribute(soap, "soapAction")) ?? "";
  return {
    name,
    documentation: findDocumentation(abstract),
    style,
    use: input.use,
    soapAction,
    addressingAction: findAddressingAction(abstract, portType, name) ?? soapAction,
    input: input.body,
    output: side("output")?.body ?? null,
    faults: childrenNamed(abstract, ns.wsdl, "fault").map((fault) => compileFault(fault, context)),
  };
}

const portOperations = new WeakMap<Element, Map<string, Element>>();

/** The operations of a port type by name; of an overloaded one the first. */
function operationsOf(portType: Element): Map<string, Element> {
  const known = portOperations.get(portType);
  if (known) return known;
  const found = new Map<string, Element>();
  for (const operation of childrenNamed(portType, ns.wsdl, "operation")) {
    const name = attribute(operation, "name") ?? "";
    if (!found.has(name)) found.set(name, operation);
  }
  portOperations.set(portType, found);
  return found;
}

/** WS-Addressing 1.0 Metadata section 4.4: named, or made from the port type's and the message's names. */
function findAddressingAction(operation: Element, portType: Definition, name: string): string | null {
  const [input] = childrenNamed(operation, ns.wsdl, "input");
  if (!input) return null;
  const named = input.getAttributeNS(ns.wsam, "Action") || input.getAttributeNS(ns.wsaw, "Action");
  if (named) return named;
  const namespace = attribute(portType.element.parentNode as Element, "targetNamespace") ?? "";
  const separator = namespace.startsWith("urn:") ? ":" : "/";
  const last = attribute(input, "name") ?? `${name}Request`;
  return [namespace.replace(/[/:]$/, ""), attribute(portType.element, "name") ?? "", last].join(separator);
}

function compileFault(fault: Element, { definitions }: Context): OperationNode["faults"][number] {
  const message = definitions.message.get(resolveName(fault, attribute(fault, "message") ?? ""));
  const [part] = message ? childrenNamed(message.element, ns.wsdl, "part") : [];
  const element = part && attribute(part, "element");
  return { name: attribute(fault, "name") ?? "", element: part && element ? resolveName(part, element) : null };
}

type BodyInput = {
  which: "input" | "output";
  name: string;
  style: "document" | "rpc";
  message: Element;
  portType: Definition;
  bound: Element;
  soapNamespace: string;
  context: Context;
};

function compileBody(input: BodyInput): { body: MessageBody; use: "literal" | "encoded" } {
  const { which, name, style, message, portType, bound, soapNamespace, context } = input;
  const messageName = resolveName(message, attribute(message, "message") ?? "");
  const definition = context.definitions.message.get(messageName);
  if (!definition) throw invalidWsdl(portType.location, `the message ${messageName} is not defined`, lineOf(message));
  const [side] = childrenNamed(bound, ns.wsdl, which);
  const soapBody = side && findBody(side, soapNamespace);
  const use = soapBody && attribute(soapBody, "use") === "encoded" ? "encoded" : "literal";
  const chosen = soapBody ? attribute(soapBody, "parts") : null;
  const parts = childrenNamed(definition.element, ns.wsdl, "part").filter(
    (part) => chosen === null || chosen.split(/\s+/).includes(attribute(part, "name") ?? ""),
  );
  const nodes = parts.map((part) => compilePart(part, definition.location, context, style));
  if (style === "rpc") {
    const wrapper = which === "input" ? name : `${name}Response`;
    const namespace = (soapBody && attribute(soapBody, "namespace")) ?? "";
    return {
      use,
      body: { element: { name: wrapper, namespace }, wrapped: true, content: sequence(nodes), attributes: [] },
    };
  }
  return { use, body: documentBody(nodes, context) };
}

/** `soap:body`, which may be inside of `mime:multipartRelated`. */
function findBody(side: Element, soapNamespace: string): Element | null {
  for (const child of childElements(side)) {
    if (child.localName === "body" && child.namespaceURI === soapNamespace) return child;
    const inner = child.namespaceURI === soapNamespace ? null : findBody(child, soapNamespace);
    if (inner) return inner;
  }
  return null;
}

/** Wrapped when the only part is an element of a complex type without choices at its top; then its members are the arguments. */
function documentBody(nodes: ElementNode[], { compiler }: Context): MessageBody {
  const [node] = nodes;
  if (!node) return { element: null, wrapped: false, content: sequence([]), attributes: [] };
  const element = { name: node.name, namespace: node.namespace };
  const type = compiler.types[node.type];
  if (nodes.length > 1 || type?.kind !== "complex" || type.text || type.mixed || type.arrayOf) {
    return { element, wrapped: false, content: sequence(nodes), attributes: [] };
  }
  return { element, wrapped: true, content: type.content ?? sequence([]), attributes: type.attributes };
}

function compilePart(
  part: Element,
  location: string,
  { elements, compiler }: Context,
  style: "document" | "rpc",
): ElementNode {
  const name = attribute(part, "name") ?? "";
  const element = attribute(part, "element");
  if (element !== null) {
    const key = resolveName(part, element);
    const known = elements[key];
    if (known) return { ...known, min: 1, max: 1 };
    // xsd:schema in a message is how .NET says "any XML" for a DataSet.
    if (namespaceOf(key) === ns.xsd)
      return { kind: "element", name: localOf(key), namespace: ns.xsd, type: xsd("anyType"), min: 1, max: 1 };
    throw invalidWsdl(location, `the element ${key} of a message is not defined by any of its schemas`, lineOf(part));
  }
  const type = attribute(part, "type");
  const resolved = type === null ? xsd("anyType") : compiler.requireType(resolveName(part, type), part, location);
  // A part of rpc with a type may be nil when it is encoded; being strict there would refuse what services take.
  return {
    kind: "element",
    name,
    namespace: "",
    type: resolved,
    min: 1,
    max: 1,
    ...(style === "rpc" && { nillable: true }),
  };
}

function sequence(items: GroupNode["items"]): GroupNode {
  return { kind: "sequence", min: 1, max: 1, items };
}
