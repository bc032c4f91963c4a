import { xsd } from "../builtin.ts";
import type { AttributeNode, ElementNode } from "../model.ts";
import { localOf, namespaceOf, ns } from "../names.ts";
import { attribute, childElements, type Element, findDocumentation, resolveName } from "../xml/elements.ts";
import { invalidWsdl, maxGroupDepth, type SchemaPart, type Schemas } from "./schema-index.ts";
import { isWellKnown } from "./well-known.ts";

/** An element as a schema declares it, once in its place. */
export function compileElement(schemas: Schemas, element: Element, part: SchemaPart): ElementNode {
  return {
    kind: "element",
    ...compileDeclaration(schemas, element, part, part.qualifiesElements),
    min: 1,
    max: 1,
    ...(attribute(element, "nillable") === "true" && { nillable: true }),
  };
}

/** The attributes of a type, those of the groups that it refers to included (XML Schema part 1, section 3.4.2). */
export function compileAttributes(
  schemas: Schemas,
  parent: Element,
  part: SchemaPart,
  depth = 0,
): { attributes: AttributeNode[]; prohibited: AttributeNode[]; anyAttribute: boolean } {
  const found = { attributes: [] as AttributeNode[], prohibited: [] as AttributeNode[], anyAttribute: false };
  if (depth > maxGroupDepth) throw invalidWsdl(part.location, "its attribute groups refer to each other in a circle");
  for (const child of childElements(parent)) {
    if (child.localName === "anyAttribute") found.anyAttribute = true;
    else if (child.localName === "attributeGroup") {
      const target = schemas.require("attributeGroup", child, part);
      const inner = compileAttributes(schemas, target.element, target.part, depth + 1);
      found.attributes.push(...inner.attributes);
      found.anyAttribute ||= inner.anyAttribute;
    } else if (child.localName === "attribute") {
      const node = compileAttribute(schemas, child, part);
      if (!node) continue;
      if (attribute(child, "use") === "prohibited") found.prohibited.push(node);
      else found.attributes.push(node);
    }
  }
  return found;
}

function compileAttribute(schemas: Schemas, element: Element, part: SchemaPart): AttributeNode | null {
  const ref = attribute(element, "ref");
  const required = attribute(element, "use") === "required";
  if (ref !== null) {
    const name = resolveName(element, ref);
    const target = schemas.find("attribute", name);
    // xml:lang and its like need no schema; what SOAP's encoding defines goes along by itself.
    if (!target && namespaceOf(name) === ns.xml) {
      return { name: localOf(name), namespace: ns.xml, type: xsd("string"), required };
    }
    if (!target && isWellKnown(namespaceOf(name))) return null;
    if (!target) return { name: localOf(name), namespace: namespaceOf(name), type: xsd("anySimpleType"), required };
    const declared = compileAttribute(schemas, target.element, target.part)!;
    return {
      ...declared,
      namespace: target.part.namespace,
      required,
      ...copy(element, "default"),
      ...copy(element, "fixed"),
    };
  }
  return { ...compileDeclaration(schemas, element, part, part.qualifiesAttributes), required };
}

/** What elements and attributes have in common. @param qualifies whether their names are in the schema's namespace by default. */
function compileDeclaration(schemas: Schemas, element: Element, part: SchemaPart, qualifies: boolean) {
  const form = attribute(element, "form");
  const isQualified = form === null ? qualifies : form === "qualified";
  const documentation = findDocumentation(element);
  return {
    name: attribute(element, "name") ?? "",
    namespace: isQualified ? part.namespace : "",
    type: schemas.typeOf(element, part),
    ...copy(element, "default"),
    ...copy(element, "fixed"),
    ...(documentation && { documentation }),
  };
}

function copy(element: Element, name: "default" | "fixed"): { default?: string; fixed?: string } {
  const value = attribute(element, name);
  return value === null ? {} : { [name]: value };
}
