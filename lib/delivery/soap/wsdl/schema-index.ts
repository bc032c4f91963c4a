import { AppError } from "#lib/platform/errors/app-error.ts";
import type { Budget } from "../budget.ts";
import type { ElementNode, TypeNode } from "../model.ts";
import { ns, type QName, toQName } from "../names.ts";
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
export type Component = { element: Element; part: SchemaPart };

const kinds = ["element", "complexType", "simpleType", "group", "attributeGroup", "attribute"] as const;
export type ComponentKind = (typeof kinds)[number];

/** The named components of all schemas (XML Schema part 1, section 2.2). */
export type SchemaIndex = {
  components: Record<ComponentKind, Map<QName, Component>>;
  /** Members of substitution groups by their head. */
  substitutes: Map<QName, QName[]>;
};

/** How the parts of a schema find what they refer to. All of these throw `wsdl_invalid` when nothing defines it. */
export type Schemas = {
  readonly index: SchemaIndex;
  /** Elements, groups, and the like that are compiled, those of groups as often as a type refers to them. */
  readonly particles: Budget;
  /** The type that an attribute's text names; it need not be compiled yet. */
  requireType(from: Element, text: string, location: string): QName;
  /** A type that must be complete since another one is made from it. */
  finishedType(name: QName, from: Element, part: SchemaPart): TypeNode;
  /** Compiles a type without a name. */
  inlineType(element: Element, part: SchemaPart): QName;
  typeOf(element: Element, part: SchemaPart): QName;
  globalElement(name: QName, component: Component): ElementNode;
  /** What the attribute `ref` names. */
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
      if (child.localName === "redefine") for (const inner of childElements(child)) add(index, inner, part);
      else add(index, child, part);
    }
  }
  return index;
}

function add({ components, substitutes }: SchemaIndex, element: Element, part: SchemaPart): void {
  const kind = kinds.find((known) => known === element.localName);
  const name = attribute(element, "name");
  if (!kind || !name) return;
  const key = toQName(part.namespace, name);
  // The same schema is often reached by several ways; the first one counts.
  if (components[kind].has(key) && element.parentNode?.localName !== "redefine") return;
  components[kind].set(key, { element, part });
  const head = kind === "element" ? attribute(element, "substitutionGroup") : null;
  if (head === null) return;
  const of = resolveName(element, head);
  substitutes.set(of, [...(substitutes.get(of) ?? []), key]);
}

/** `wsdl_invalid` with the document and, if it is known, the line. */
export function invalidWsdl(location: string, what: string, line: number | null = null): AppError {
  const where = line === null ? location : `${location}, line ${line}`;
  return new AppError("wsdl_invalid", `The WSDL can't be used: ${what} (${where}).`, {
    hint: "Ask whoever runs the service for a WSDL that is complete, or correct it and upload it. Raw envelopes need no WSDL.",
  });
}

/** The line of an element in its document. */
export function lineOf(element: Element): number | null {
  return (element as unknown as { lineNumber?: number }).lineNumber ?? null;
}
