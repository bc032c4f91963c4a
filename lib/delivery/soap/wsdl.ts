import { createHash } from "node:crypto";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { isSchema, maxDocuments, maxWsdlBytes, readDocument } from "./imports.ts";
import type { Omission, ServiceDescription, ServiceNode, Wsdl, WsdlDocument } from "./model.ts";
import { ns, toQName } from "./names.ts";
import { collectSchemas } from "./wsdl/collect-schemas.ts";
import type { Definitions } from "./wsdl/definitions.ts";
import { listOmittedMembers } from "./wsdl/omissions.ts";
import { compileBindings, compileService } from "./wsdl/ports.ts";
import { pruneTypes } from "./wsdl/prune.ts";
import { compileSchemas } from "./wsdl/schema.ts";
import { invalidWsdl, lineOf, reasonOf } from "./wsdl/schema-index.ts";
import { separateServices } from "./wsdl/service-names.ts";
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
 * Compiles a WSDL 1.1 with its SOAP bindings. What refers to something undefined or invalid is left out, and `omitted` lists it.
 * @param documents the WSDL first, then everything that it imports.
 * @throws AppError `wsdl_invalid` (what and where) if nothing can be called, `wsdl_too_large`, `wsdl_import_refused`
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
  const { roots, unreadable } = readDocuments(documents);
  countElements([...roots.values()]);
  const definitions: Definitions = { message: new Map(), portType: new Map(), binding: new Map(), services: [] };
  for (const [location, root] of roots) if (!isSchema(root)) collect(root, location, definitions);
  const { types, elements, compiler } = compileSchemas(collectSchemas(documents, roots));
  const omittedMembers = pruneTypes(types, compiler.broken);
  const context = { definitions, elements, compiler };
  const compiled = definitions.services.map((service) => compileService(service, context));
  const described = separateServices(definitions.services, compiled);
  const isPortless = described.every(({ ports }) => ports.length === 0);
  const services = isPortless ? [...described, compileBindings(context)] : described;
  const usable = services.filter(({ ports }) => ports.length > 0);
  if (usable.length === 0) throw explainUnusable(documents[0]!, services, unreadable);
  const omitted = [...unreadable.map(({ omission }) => omission), ...services.flatMap((each) => without(usable, each))];
  for (const service of usable) {
    service.omitted.push(...listOmittedMembers(service, types, omittedMembers), ...omitted);
  }
  return { services: usable, types, elements };
}

/** What services without a usable port leave out. */
const without = (usable: ServiceNode[], service: ServiceNode): Omission[] =>
  usable.includes(service) ? [] : service.omitted;

type Unreadable = { omission: Omission; error: AppError };

/** The roots by location. Only the WSDL itself has to be readable. */
function readDocuments(documents: readonly WsdlDocument[]): { roots: Map<string, Element>; unreadable: Unreadable[] } {
  const roots = new Map<string, Element>();
  const unreadable: Unreadable[] = [];
  for (const document of documents) {
    const { location } = document;
    try {
      const root = readDocument(document);
      if (!isSchema(root)) checkDefinitions(root, location);
      roots.set(location, root);
    } catch (error) {
      const reason = reasonOf(error);
      if (document === documents[0]) throw error;
      unreadable.push({ omission: { what: "document", name: location, reason }, error: error as AppError });
    }
  }
  return { roots, unreadable };
}

/** Names the document that can't be read, if there is one: what is undefined might be in it. */
function explainUnusable({ location }: WsdlDocument, services: ServiceNode[], [unreadable]: Unreadable[]): AppError {
  if (unreadable) return unreadable.error;
  const [omission] = services.flatMap(({ omitted }) => omitted);
  return omission
    ? invalidWsdl(location, `none of its operations can be called. ${omission.name}: ${omission.reason}`)
    : invalidWsdl(location, "it has no service with a port, and no binding, for SOAP 1.1 or 1.2 over HTTP");
}

/** What a WSDL offers. */
export function listServices({ services }: Wsdl): ServiceDescription[] {
  return services.map(({ name, ports, omitted }) => ({
    name,
    ports: ports.map(({ name: port, address, soapVersion, operations }) => ({
      name: port,
      address,
      soapVersion,
      operations: Object.keys(operations).sort(),
    })),
    ...(omitted.length > 0 && { omitted }),
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

function checkDefinitions(root: Element, location: string): void {
  if (root.namespaceURI === ns.wsdl && root.localName === "definitions") return;
  const what =
    root.namespaceURI === "http://www.w3.org/ns/wsdl"
      ? "it is WSDL 2.0, and WSDL 1.1 is needed"
      : `its root is ${root.nodeName}, not wsdl:definitions`;
  throw invalidWsdl(location, what, lineOf(root));
}

function collect(root: Element, location: string, into: Definitions): void {
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
