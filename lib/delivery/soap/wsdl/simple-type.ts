import { xsd } from "../builtin.ts";
import type { Facets, SimpleType, TypeNode } from "../model.ts";
import { localOf, type QName } from "../names.ts";
import { attribute, childElements, type Element, findDocumentation } from "../xml/elements.ts";

/** How a simple type finds the types that it is made from. */
type Surroundings = {
  /** The name that an attribute's text refers to; throws when nothing defines it. */
  resolve(from: Element, text: string): QName;
  /** Compiles a type without a name. */
  inline(element: Element): QName;
  find(name: QName): TypeNode;
};

/** Compiles a simple type (XML Schema part 2, section 4.1): a restriction, a list or a union. */
export function compileSimpleType(element: Element, around: Surroundings): SimpleType {
  const documentation = findDocumentation(element);
  const shared = documentation ? { documentation } : {};
  const [derivation] = childElements(element).filter(({ localName }) => localName !== "annotation");
  if (derivation?.localName === "list") {
    const item = attribute(derivation, "itemType");
    const [inner] = childElements(derivation).filter(({ localName }) => localName === "simpleType");
    const listOf = item === null ? (inner ? around.inline(inner) : xsd("string")) : around.resolve(derivation, item);
    return { kind: "simple", base: "anySimpleType", listOf, ...shared };
  }
  if (derivation?.localName === "union") {
    const named = (attribute(derivation, "memberTypes") ?? "").split(/\s+/).filter(Boolean);
    const inner = childElements(derivation).filter(({ localName }) => localName === "simpleType");
    const unionOf = [...named.map((name) => around.resolve(derivation, name)), ...inner.map(around.inline)];
    return { kind: "simple", base: "anySimpleType", unionOf, ...shared };
  }
  if (!derivation) return { kind: "simple", base: "string", ...shared };
  return { ...restrict(baseOf(derivation, around), derivation), ...shared };
}

function baseOf(restriction: Element, around: Surroundings): SimpleType {
  const base = attribute(restriction, "base");
  const [inner] = childElements(restriction).filter(({ localName }) => localName === "simpleType");
  const name = base === null ? (inner ? around.inline(inner) : xsd("string")) : around.resolve(restriction, base);
  const type = around.find(name);
  return type.kind === "simple" ? type : { kind: "simple", base: "string" };
}

function restrict({ documentation: _, ...base }: SimpleType, restriction: Element): SimpleType {
  const facets: Facets = { ...base.facets };
  const patterns: string[] = [];
  const enumeration: string[] = [];
  for (const facet of childElements(restriction)) {
    const value = attribute(facet, "value") ?? "";
    const name = facet.localName ?? "";
    if (name === "enumeration") enumeration.push(value);
    else if (name === "pattern") patterns.push(value);
    else if (isNumberFacet(name)) facets[name] = Number(value);
    else if (isTextFacet(name)) facets[name] = value;
  }
  if (patterns.length > 0) facets.patterns = [...(facets.patterns ?? []), patterns];
  return {
    ...base,
    ...(enumeration.length > 0 && {
      enumeration: enumeration.map((value) => (isQName(base) ? localOf(value) : value)),
    }),
    ...(Object.keys(facets).length > 0 && { facets }),
  };
}

const isQName = ({ base }: SimpleType): boolean => base === "QName" || base === "NOTATION";

const numberFacets = ["minLength", "maxLength", "length", "totalDigits", "fractionDigits"] as const;
const textFacets = ["minInclusive", "maxInclusive", "minExclusive", "maxExclusive"] as const;
const isNumberFacet = (name: string): name is (typeof numberFacets)[number] => numberFacets.includes(name as never);
const isTextFacet = (name: string): name is (typeof textFacets)[number] => textFacets.includes(name as never);
