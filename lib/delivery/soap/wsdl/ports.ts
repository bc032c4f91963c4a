import type { OperationNode, PortNode, ServiceNode, SoapVersion } from "../model.ts";
import { ns } from "../names.ts";
import {
  attribute,
  childElements,
  childrenNamed,
  type Element,
  findDocumentation,
  resolveName,
} from "../xml/elements.ts";
import type { Context, Definition } from "./definitions.ts";
import { compileBody } from "./message-body.ts";
import { createOverloads, type Overloads } from "./overloads.ts";
import { invalidWsdl, lineOf } from "./schema-index.ts";

/**
 * A service with its SOAP ports.
 * @throws AppError `wsdl_invalid` where something is referred to that is not defined
 */
export function compileService({ element, location }: Definition, context: Context): ServiceNode {
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
  const overloads = createOverloads();
  for (const each of childrenNamed(binding.element, ns.wsdl, "operation")) {
    const operation = compileOperation(
      each,
      binding,
      attribute(soap, "style") ?? "document",
      soap.namespaceURI!,
      context,
      overloads,
    );
    operations[overloads.nameFor(each)] = operation;
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
  overloads: Overloads,
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
