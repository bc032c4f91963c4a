import type { Omission, OperationNode, PortNode, ServiceNode, SoapVersion } from "../model.ts";
import { localOf, ns } from "../names.ts";
import {
  attribute,
  childElements,
  childrenNamed,
  type Element,
  findDocumentation,
  resolveName,
} from "../xml/elements.ts";
import type { Context, Definition } from "./definitions.ts";
import { compileBody, compileHeaders } from "./message-body.ts";
import { createOverloads, type Overloads } from "./overloads.ts";
import { invalidWsdl, lineOf, reasonOf } from "./schema-index.ts";

/** A service with its SOAP ports. What refers to something undefined or invalid is left out. */
export function compileService({ element, location }: Definition, context: Context): ServiceNode {
  const omitted: Omission[] = [];
  const ports = childrenNamed(element, ns.wsdl, "port")
    .map((port) => compilePort(port, location, context, omitted))
    .filter((port): port is PortNode => port !== null);
  return { name: attribute(element, "name") ?? "", documentation: findDocumentation(element), ports, omitted };
}

/**
 * A service of the SOAP bindings, for a WSDL without a usable port: users enter the address. The service has the name of the
 * definitions or of the first port type, and each port has the name of its binding.
 */
export function compileBindings(context: Context): ServiceNode {
  const omitted: Omission[] = [];
  const bindings = [...context.definitions.binding.values()];
  const ports = bindings
    .map((binding) => compileBinding(binding, attribute(binding.element, "name") ?? "", context, omitted))
    .filter((port): port is PortNode => port !== null);
  const [first] = bindings;
  const definitions = first?.element.parentNode as Element | undefined;
  const type = first && localOf(resolveName(first.element, attribute(first.element, "type") ?? ""));
  const name = (definitions && attribute(definitions, "name")) || type || "Service";
  return { name, documentation: definitions ? findDocumentation(definitions) : null, ports, omitted };
}

/** Null for a port that isn't SOAP over HTTP or can't be used. */
function compilePort(port: Element, location: string, context: Context, omitted: Omission[]): PortNode | null {
  const name = attribute(port, "name") ?? "";
  const bindingName = resolveName(port, attribute(port, "binding") ?? "");
  const binding = context.definitions.binding.get(bindingName);
  if (!binding) {
    const missing = invalidWsdl(location, `the binding ${bindingName} of a port is not defined`, lineOf(port));
    omitted.push({ what: "port", name, reason: reasonOf(missing) });
    return null;
  }
  const compiled = compileBinding(binding, name, context, omitted);
  if (!compiled) return null;
  const address = childElements(port).find(
    ({ localName, namespaceURI }) =>
      localName === "address" && (namespaceURI === ns.wsdlSoap || namespaceURI === ns.wsdlSoap12),
  );
  const url = (address && attribute(address, "location"))?.trim() ?? "";
  return { ...compiled, address: /^https?:\/\//i.test(url) ? url : null };
}

/** Null for a binding that isn't SOAP over HTTP, or of which nothing can be used. */
function compileBinding(binding: Definition, portName: string, context: Context, omitted: Omission[]): PortNode | null {
  const soap = childElements(binding.element).find(
    (child) =>
      child.localName === "binding" && (child.namespaceURI === ns.wsdlSoap || child.namespaceURI === ns.wsdlSoap12),
  );
  if (!soap || !isHttp(attribute(soap, "transport"))) return null;
  const soapVersion: SoapVersion = soap.namespaceURI === ns.wsdlSoap12 ? "1.2" : "1.1";
  const operations: Record<string, OperationNode> = Object.create(null) as Record<string, OperationNode>;
  const style = attribute(soap, "style") ?? "document";
  const overloads = createOverloads();
  let isLacking = false;
  for (const each of childrenNamed(binding.element, ns.wsdl, "operation")) {
    const omit = (what: Omission["what"], reason: string) =>
      omitted.push({ what, name: `${portName}/${overloads.nameFor(each)}`, reason });
    try {
      const operation = compileOperation(each, binding, style, soap.namespaceURI!, context, overloads, omit);
      operations[overloads.nameFor(each)] = operation;
    } catch (err) {
      isLacking = true;
      omit("operation", reasonOf(err));
    }
  }
  if (isLacking && Object.keys(operations).length === 0) return null;
  return { name: portName, address: null, soapVersion, operations };
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
  overloads: Overloads,
  omit: (what: Omission["what"], reason: string) => void,
): OperationNode {
  const name = attribute(bound, "name") ?? "";
  const typeName = resolveName(binding.element, attribute(binding.element, "type") ?? "");
  const portType = context.definitions.portType.get(typeName);
  if (!portType)
    throw invalidWsdl(binding.location, `the port type ${typeName} is not defined`, lineOf(binding.element));
  const abstract = overloads.match(bound, operationsOf(portType.element).get(name) ?? []);
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
  const headers = (which: "input" | "output") =>
    compileHeaders(bound, which, soapNamespace, context, (reason) => omit("header", reason));
  const output = readableOutput(
    () => side("output"),
    (reason) => omit("response", reason),
  );
  const soapAction = (soap && attribute(soap, "soapAction")) ?? "";
  return {
    name,
    documentation: findDocumentation(abstract),
    style,
    use: input.use,
    soapAction,
    addressingAction: findAddressingAction(abstract, portType, name, soapAction.trim()),
    input: input.body,
    output: output?.body ?? null,
    faults: childrenNamed(abstract, ns.wsdl, "fault").map((fault) => compileFault(fault, context)),
    headers: { input: headers("input"), output: headers("output") },
  };
}

/** A response whose description can't be used is read by what it contains. */
function readableOutput(compile: () => ReturnType<typeof compileBody> | null, omit: (reason: string) => void) {
  try {
    return compile();
  } catch (err) {
    omit(reasonOf(err));
    const content = { kind: "sequence" as const, min: 1, max: 1, items: [] };
    return { body: { element: null, wrapped: false, content, attributes: [] } };
  }
}

const portOperations = new WeakMap<Element, Map<string, Element[]>>();

/** The operations of a port type by name. */
function operationsOf(portType: Element): Map<string, Element[]> {
  const known = portOperations.get(portType);
  if (known) return known;
  const found = Map.groupBy(
    childrenNamed(portType, ns.wsdl, "operation"),
    (operation) => attribute(operation, "name") ?? "",
  );
  portOperations.set(portType, found);
  return found;
}

/** Namespaces of the attribute `Action`: the recommendation, its drafts, and the submission of 2004. */
const actionNamespaces = [
  ns.wsam,
  ns.wsaw,
  "http://www.w3.org/2006/02/addressing/wsdl",
  ns.addressing,
  "http://schemas.xmlsoap.org/ws/2004/08/addressing",
];

/**
 * WS-Addressing 1.0 Metadata section 4.4: the action that the input names, or else the SOAPAction, or else one made from the names of
 * the port type and the input. An input without a name has that of WSDL 1.1 section 2.4.5.
 */
function findAddressingAction(operation: Element, portType: Definition, name: string, soapAction: string): string {
  const [input] = childrenNamed(operation, ns.wsdl, "input");
  const named = actionNamespaces.map((namespace) => input?.getAttributeNS(namespace, "Action")?.trim()).find(Boolean);
  if (named) return named;
  if (soapAction !== "") return soapAction;
  const namespace = attribute(portType.element.parentNode as Element, "targetNamespace") ?? "";
  const delimiter = /^urn:/i.test(namespace) ? ":" : "/";
  const isOneWay = childrenNamed(operation, ns.wsdl, "output").length === 0;
  const last = (input && attribute(input, "name")) ?? (isOneWay ? name : `${name}Request`);
  const start = namespace.endsWith(delimiter) ? namespace.slice(0, -1) : namespace;
  return [start, attribute(portType.element, "name") ?? "", last].join(delimiter);
}

function compileFault(fault: Element, { definitions }: Context): OperationNode["faults"][number] {
  const message = definitions.message.get(resolveName(fault, attribute(fault, "message") ?? ""));
  const [part] = message ? childrenNamed(message.element, ns.wsdl, "part") : [];
  const element = part && attribute(part, "element");
  return { name: attribute(fault, "name") ?? "", element: part && element ? resolveName(part, element) : null };
}
