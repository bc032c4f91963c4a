import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import type { ElementNode, TypeNode } from "../model.ts";
import { localOf, ns, type QName, toQName } from "../names.ts";
import type { Budget } from "../xml/budget.ts";
import { attribute, childElements, type Element, resolveName } from "../xml/elements.ts";

/** A schema element with what holds for everything in it. `namespace` is that of its including schema for a chameleon include. */
export type SchemaPart = {
  element: Element;
  namespace: string;
  location: string;
  qualifiesElements: boolean;
  qualifiesAttributes: boolean;
};

/** A named component and the schema that it stands in. */
export type Component = { element: Element; part: SchemaPart; isRedefinition?: boolean };

const kinds = ["element", "complexType", "simpleType", "group", "attributeGroup", "attribute"] as const;
export type ComponentKind = (typeof kinds)[number];

/** The named components of all schemas (XML Schema part 1, section 2.2). */
export type SchemaIndex = {
  components: Record<ComponentKind, Map<QName, Component>>;
  /** Members of substitution groups by their head. */
  substitutes: Map<QName, QName[]>;
};

/** How the parts of a schema find what they refer to. */
export type Schemas = {
  readonly index: SchemaIndex;
  /** Elements, groups, and the like that are compiled, those of groups as often as a type refers to them. */
  readonly particles: Budget;
  /** The type that an attribute's text names; it need not be compiled yet. One that nothing defines is recorded as broken. */
  requireType(from: Element, text: string, location: string): QName;
  /**
   * A type that must be complete since another one is made from it.
   * @throws AppError `wsdl_invalid` where nothing defines it, or where it is made from itself
   */
  finishedType(name: QName, from: Element, part: SchemaPart): TypeNode;
  /** Compiles a type without a name. */
  inlineType(element: Element, part: SchemaPart): QName;
  /** Adds a type without a name that is already compiled. */
  defineType(type: TypeNode): QName;
  typeOf(element: Element, part: SchemaPart): QName;
  globalElement(name: QName, component: Component): ElementNode;
  /** Records why something can't be used, and returns `key`, which takes the place of its type. */
  missing(key: QName, what: string, from: Element, location: string): QName;
  /** A component of the WSDL's own schemas or of a well-known one. */
  find(kind: ComponentKind, name: QName): Component | undefined;
  /**
   * What the attribute `ref` names.
   * @throws AppError `wsdl_invalid` where nothing defines it
   */
  require(kind: ComponentKind, from: Element, part: SchemaPart): Component;
};

/** How deep groups may refer to each other. */
export const maxGroupDepth = 50;

/** How a schema without `targetNamespace` is read: in the namespace of the one that includes it. */
export function toSchemaPart(element: Element, location: string, includedIn: string | null): SchemaPart {
  return {
    element,
    namespace: attribute(element, "targetNamespace") ?? includedIn ?? "",
    location,
    qualifiesElements: attribute(element, "elementFormDefault") === "qualified",
    qualifiesAttributes: attribute(element, "attributeFormDefault") === "qualified",
  };
}

/** Finds the named components. What `xs:redefine` redefines is taken from the redefinition. */
export function indexSchemas(parts: SchemaPart[]): SchemaIndex {
  const components = Object.fromEntries(kinds.map((kind) => [kind, new Map<QName, Component>()]));
  const index = { components, substitutes: new Map() } as SchemaIndex;
  for (const part of parts) {
    for (const child of childElements(part.element)) {
      if (child.namespaceURI !== ns.xsd) continue;
      if (child.localName === "redefine") for (const inner of childElements(child)) addRedefinition(index, inner, part);
      else add(index, child, part);
    }
  }
  return index;
}

function add({ components, substitutes }: SchemaIndex, element: Element, part: SchemaPart): void {
  const kind = kinds.find((known) => known === element.localName);
  const name = attribute(element, "name");
  if (!kind || !name) return;
  let key = toQName(part.namespace, name);
  while (components[kind].get(key)?.isRedefinition) key = formerName(key);
  // The same schema is often reached by several ways; the first one counts.
  if (components[kind].has(key)) return;
  components[kind].set(key, { element, part });
  const head = kind === "element" ? attribute(element, "substitutionGroup") : null;
  if (head === null) return;
  const of = resolveName(element, head);
  substitutes.set(of, [...(substitutes.get(of) ?? []), key]);
}

const unusable = "The WSDL can't be used: ";

/** Puts a redefinition in the place of what it redefines, which it refers to by its former name (section 4.2.2). */
function addRedefinition({ components }: SchemaIndex, element: Element, part: SchemaPart): void {
  const kind = kinds.find((known) => known === element.localName);
  const name = attribute(element, "name");
  if (!kind || !name) return;
  let key = toQName(part.namespace, name);
  while (components[kind].get(key)?.isRedefinition) key = formerName(key);
  const former = components[kind].get(key);
  if (former) components[kind].set(formerName(key), former);
  components[kind].set(key, { element, part, isRedefinition: true });
  const own = toQName(part.namespace, name);
  for (const [node, reference] of listSelfReferences(element, kind)) {
    if (resolveName(node, attribute(node, reference)!) !== own) continue;
    node.setAttribute(reference, `${attribute(node, reference)}${localOf(formerName(key)).slice(name.length)}`);
  }
}

/** No schema can contain this name. */
const formerName = (key: QName): QName => `${key}#`;

/** The attributes by which a redefinition can refer to what it redefines. */
function listSelfReferences(element: Element, kind: ComponentKind): [Element, "base" | "ref"][] {
  if (kind === "group" || kind === "attributeGroup") {
    return descendants(element)
      .filter((node) => node.localName === kind && attribute(node, "ref") !== null)
      .map((node) => [node, "ref"]);
  }
  const derivations = childElements(element).flatMap((child) => [child, ...childElements(child)]);
  return derivations.filter((node) => attribute(node, "base") !== null).map((node) => [node, "base"]);
}

function descendants(element: Element): Element[] {
  return childElements(element).flatMap((child) => [child, ...descendants(child)]);
}

/** `wsdl_invalid` with the document and, if it is known, the line. */
export function invalidWsdl(location: string, what: string, line: number | null = null): AppError {
  const where = line === null ? location : `${location}, line ${line}`;
  return new AppError("wsdl_invalid", `${unusable}${what} (${where}).`, {
    hint: "Ask whoever runs the service for a WSDL that is complete, or correct it and upload it. Raw envelopes need no WSDL.",
  });
}

/**
 * Why a part of a WSDL can't be used, for what is left out because of it.
 * @throws any other error than `wsdl_invalid`
 */
export function reasonOf(err: unknown): string {
  if (!isAppError(err) || err.code !== "wsdl_invalid") throw err;
  return err.message.replace(unusable, "").replace(/\.$/, "");
}

/** The line of an element in its document. */
export function lineOf(element: Element): number | null {
  return (element as unknown as { lineNumber?: number }).lineNumber ?? null;
}
