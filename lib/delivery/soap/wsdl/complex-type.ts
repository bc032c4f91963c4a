import { xsd } from "../builtin.ts";
import type { AttributeNode, ComplexType, GroupNode, Particle } from "../model.ts";
import { ns, type QName, toQName } from "../names.ts";
import { attribute, childElements, type Element, findDocumentation, resolveName } from "../xml/elements.ts";
import { findArrayType, rankOf } from "./array-type.ts";
import { compileAttributes } from "./declarations.ts";
import { compileParticle, findModel } from "./particles.ts";
import { invalidWsdl, lineOf, type SchemaPart, type Schemas } from "./schema-index.ts";
import { restrict } from "./simple-type.ts";

/**
 * Compiles a complex type (XML Schema part 1, section 3.4): content of its own, or derived from another type.
 * @throws AppError `wsdl_invalid`
 */
export function compileComplexType(schemas: Schemas, element: Element, part: SchemaPart): ComplexType {
  const documentation = findDocumentation(element);
  const shared = {
    ...(documentation && { documentation }),
    ...(attribute(element, "abstract") === "true" && { abstract: true }),
    ...(attribute(element, "mixed") === "true" && { mixed: true }),
  };
  for (const child of childElements(element)) {
    const derivation = childElements(child).find(({ localName }) => isDerivation(localName));
    if (child.localName === "simpleContent" && derivation) {
      return { ...compileSimpleContent(schemas, derivation, part), ...shared };
    }
    if (child.localName === "complexContent" && derivation) {
      const mixed = attribute(child, "mixed") === "true" ? { mixed: true } : {};
      return { ...compileComplexContent(schemas, derivation, part), ...mixed, ...shared };
    }
  }
  return { ...compileContent(schemas, element, part), ...shared };
}

function compileContent(schemas: Schemas, element: Element, part: SchemaPart): ComplexType {
  const model = findModel(element);
  const content = model ? compileParticle(schemas, model, part) : null;
  const { attributes, anyAttribute } = compileAttributes(schemas, element, part);
  return {
    kind: "complex",
    content: content && toGroup(content),
    attributes,
    ...(anyAttribute && { anyAttribute: true }),
  };
}

function compileSimpleContent(schemas: Schemas, derivation: Element, part: SchemaPart): ComplexType {
  const base = resolveName(derivation, attribute(derivation, "base") ?? "");
  const type = schemas.finishedType(base, derivation, part);
  const { attributes, prohibited, anyAttribute } = compileAttributes(schemas, derivation, part);
  const inherited = type.kind === "complex" ? type.attributes : [];
  const restricted = childElements(derivation).find(({ localName }) => localName === "simpleType");
  const own = type.kind === "complex" ? (type.text ?? xsd("string")) : base;
  const text = restricted ? schemas.inlineType(restricted, part) : own;
  const isExtension = derivation.localName === "extension";
  return {
    kind: "complex",
    content: null,
    text: isExtension ? text : restrictText(schemas, text, derivation, part),
    attributes: mergeAttributes(inherited, attributes, prohibited),
    ...((anyAttribute || (isExtension && type.kind === "complex" && type.anyAttribute)) && { anyAttribute: true }),
    derivedFrom: base,
  };
}

/** The type of the text with the facets of a restriction of simple content (XML Schema part 1, section 3.4.2). */
function restrictText(schemas: Schemas, text: QName, restriction: Element, part: SchemaPart): QName {
  const type = schemas.finishedType(text, restriction, part);
  if (type.kind !== "simple") return text;
  const restricted = restrict(type, restriction);
  return restricted.facets || restricted.enumeration ? schemas.defineType(restricted) : text;
}

function compileComplexContent(schemas: Schemas, derivation: Element, part: SchemaPart): ComplexType {
  const base = resolveName(derivation, attribute(derivation, "base") ?? "");
  const own = compileContent(schemas, derivation, part);
  if (base === toQName(ns.encoding, "Array")) {
    const { item, rank } = findArrayType(schemas, derivation, own, part);
    return { ...own, arrayOf: item, ...rankOf(rank), content: null };
  }
  const type = schemas.finishedType(base, derivation, part);
  if (type.kind === "simple") {
    throw invalidWsdl(part.location, `the simple type ${base} is extended like a complex one`, lineOf(derivation));
  }
  const isExtension = derivation.localName === "extension";
  const { prohibited } = compileAttributes(schemas, derivation, part);
  const items = [type.content, own.content].filter((each): each is GroupNode => each !== null);
  const joined: GroupNode = { kind: "sequence", min: 1, max: 1, items };
  const content = isExtension && items.length === 2 ? joined : (items[0] ?? null);
  return {
    kind: "complex",
    content: isExtension ? content : own.content,
    attributes: mergeAttributes(type.attributes, own.attributes, prohibited),
    ...((own.anyAttribute || (isExtension && type.anyAttribute)) && { anyAttribute: true }),
    ...(type.mixed && { mixed: true }),
    ...(type.arrayOf && { arrayOf: type.arrayOf, ...rankOf(type.arrayRank ?? 1) }),
    derivedFrom: base,
  };
}

const isDerivation = (name: string | null): boolean => name === "extension" || name === "restriction";

function toGroup(particle: Particle): GroupNode {
  const isGroup = particle.kind !== "element" && particle.kind !== "any";
  return isGroup ? particle : { kind: "sequence", min: 1, max: 1, items: [particle] };
}

function mergeAttributes(base: AttributeNode[], own: AttributeNode[], prohibited: AttributeNode[]): AttributeNode[] {
  const replaced = new Set([...own, ...prohibited].map(({ namespace, name }) => toQName(namespace, name)));
  return [...base.filter(({ namespace, name }) => !replaced.has(toQName(namespace, name))), ...own];
}
