import { xsd } from "../builtin.ts";
import type { ElementNode, GroupNode, MessageBody } from "../model.ts";
import { localOf, namespaceOf, ns, type QName, toQName } from "../names.ts";
import { attribute, childElements, childrenNamed, type Element, resolveName } from "../xml/elements.ts";
import type { Context, Definition } from "./definitions.ts";
import { invalidWsdl, lineOf, reasonOf } from "./schema-index.ts";
import { listSubstitutes } from "./substitution.ts";

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

/**
 * What goes into a Body, or comes out of it (WSDL 1.1 section 3.5).
 * @throws AppError `wsdl_invalid` where a message or an element is not defined
 */
export function compileBody(input: BodyInput): { body: MessageBody; use: "literal" | "encoded" } {
  const { which, name, style, message, portType, bound, soapNamespace, context } = input;
  const messageName = resolveName(message, attribute(message, "message") ?? "");
  const definition = context.definitions.message.get(messageName);
  if (!definition) throw invalidWsdl(portType.location, `the message ${messageName} is not defined`, lineOf(message));
  const [side] = childrenNamed(bound, ns.wsdl, which);
  const soapBody = side && findBody(side, soapNamespace);
  const use = soapBody && attribute(soapBody, "use") === "encoded" ? "encoded" : "literal";
  const chosen = soapBody ? attribute(soapBody, "parts") : null;
  const names = chosen?.split(/\s+/) ?? null;
  // The part of a soap:header isn't in the Body, even if soap:body doesn't list its parts (WSDL 1.1 section 3.7).
  const inHeader = side ? listHeaderParts(side, soapNamespace).filter((each) => each.message === messageName) : [];
  const parts = childrenNamed(definition.element, ns.wsdl, "part").filter((part) => {
    const own = attribute(part, "name") ?? "";
    return names ? names.includes(own) : !inHeader.some((header) => header.part === own);
  });
  const nodes = parts.map((part) => compilePart(part, definition.location, context, style));
  if (style === "rpc") {
    const wrapper = which === "input" ? name : `${name}Response`;
    const namespace = (soapBody && attribute(soapBody, "namespace")) ?? "";
    return {
      use,
      body: { element: { name: wrapper, namespace }, wrapped: true, content: sequence(nodes), attributes: [] },
    };
  }
  const roots = nodes.length === 1 ? listRoots(nodes[0]!, context) : nodes;
  const isOpen = nodes.length === 1 && roots.length > 1;
  return { use, body: isOpen ? openBody(nodes[0]!, roots) : documentBody(roots, context) };
}

/** The parts of the `soap:header` elements of a side, which can be inside of `mime:multipartRelated`. */
function listHeaderParts(side: Element, soapNamespace: string): { message: QName; part: string }[] {
  return childElements(side).flatMap((child) => {
    if (child.namespaceURI !== soapNamespace) return listHeaderParts(child, soapNamespace);
    if (child.localName !== "header") return [];
    const message = resolveName(child, attribute(child, "message") ?? "");
    return [{ message, part: attribute(child, "part")?.trim() ?? "" }];
  });
}

/** The header blocks that a binding describes for a side of an operation (WSDL 1.1 section 3.7). */
export function compileHeaders(
  bound: Element,
  which: "input" | "output",
  soapNamespace: string,
  context: Context,
  omit: (reason: string) => void,
): ElementNode[] {
  const [side] = childrenNamed(bound, ns.wsdl, which);
  return (side ? listHeaderParts(side, soapNamespace) : []).flatMap(({ message, part: name }) => {
    const definition = context.definitions.message.get(message);
    const parts = definition ? childrenNamed(definition.element, ns.wsdl, "part") : [];
    const part = parts.find((each) => attribute(each, "name") === name);
    try {
      if (part) return { ...compilePart(part, definition!.location, context, "document"), min: 0 };
      omit(`the message ${message} has no part ${name}`);
    } catch (err) {
      omit(reasonOf(err));
    }
    return [];
  });
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
  return {
    element,
    wrapped: true,
    content: type.content ?? sequence([]),
    attributes: type.attributes,
    ...(type.anyAttribute && { anyAttribute: true }),
    type: node.type,
  };
}

/** The elements that can be in the Body: an abstract one is there as a member of its substitution group. */
function listRoots(node: ElementNode, { compiler }: Context): ElementNode[] {
  const key = toQName(node.namespace, node.name);
  const component = compiler.find("element", key);
  if (!component || attribute(component.element, "abstract") !== "true") return [node];
  const members = listSubstitutes(compiler, key).map(([name, each]) => ({ ...compiler.globalElement(name, each) }));
  compiler.finish();
  const usable = members.filter(({ type }) => !compiler.broken.has(type));
  return usable.length > 0 ? usable : [node];
}

/** A Body with one of several elements, which the arguments name. */
function openBody({ name, namespace }: ElementNode, items: ElementNode[]): MessageBody {
  const content: GroupNode = { kind: "choice", min: 1, max: 1, items };
  return { element: { name, namespace }, wrapped: false, content, attributes: [] };
}

/** @throws AppError `wsdl_invalid` for a part whose element or type isn't defined, or can't be used */
function compilePart(part: Element, location: string, context: Context, style: "document" | "rpc"): ElementNode {
  const node = findPart(part, location, context, style);
  const reason = context.compiler.broken.get(node.type);
  if (reason === undefined) return node;
  throw invalidWsdl(
    location,
    `the part ${attribute(part, "name")} of a message can't be used: ${reason}`,
    lineOf(part),
  );
}

function findPart(
  part: Element,
  location: string,
  { elements, compiler }: Context,
  style: "document" | "rpc",
): ElementNode {
  const name = attribute(part, "name") ?? "";
  const element = attribute(part, "element");
  if (element !== null) {
    const key = resolveName(part, element);
    const component = elements[key] ? undefined : compiler.find("element", key);
    const known = component ? compiler.globalElement(key, component) : elements[key];
    compiler.finish();
    if (known) return { ...known, min: 1, max: 1 };
    // xsd:schema in a message is how .NET says "any XML" for a DataSet.
    if (namespaceOf(key) === ns.xsd)
      return { kind: "element", name: localOf(key), namespace: ns.xsd, type: xsd("anyType"), min: 1, max: 1 };
    throw invalidWsdl(location, `the element ${key} of a message is not defined by any of its schemas`, lineOf(part));
  }
  const type = attribute(part, "type");
  const resolved = type === null ? xsd("anyType") : compiler.requireType(part, type, location);
  compiler.finish();
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
