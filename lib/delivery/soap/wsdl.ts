import { createHash } from "node:crypto";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { isSchema, maxDocuments, maxWsdlBytes, readDocument, resolveLocation, schemasOf } from "./imports.ts";
import type { ServiceDescription, Wsdl, WsdlDocument } from "./model.ts";
import { ns, toQName } from "./names.ts";
import type { Definitions } from "./wsdl/definitions.ts";
import { compileService } from "./wsdl/ports.ts";
import { compileSchemas } from "./wsdl/schema.ts";
import { invalidWsdl, lineOf, type SchemaPart, toSchemaPart } from "./wsdl/schema-index.ts";
import { attribute, childElements, type Element } from "./xml/elements.ts";

const maxElements = 1_000_000;

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
  try {
    return compile(documents);
  } catch (err) {
    if (!(err instanceof RangeError)) throw err;
    throw invalidWsdl(documents[0]!.location, "what it defines leads too deep from one thing to the next");
  }
}

function compile(documents: readonly WsdlDocument[]): Wsdl {
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

/**
 * Refuses a WSDL of more elements than anybody can use.
 * @throws AppError `wsdl_too_large`
 */
function countElements(roots: Element[]): void {
  let count = 0;
  const waiting = [...roots];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (++count > maxElements) {
      throw new AppError("wsdl_too_large", `The WSDL has more than ${maxElements} elements.`, {
        hint: "Upload a WSDL that has only what is needed.",
      });
    }
    waiting.push(...childElements(next));
  }
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
