import { xsd } from "../builtin.ts";
import type { Facets, SimpleType } from "../model.ts";
import type { QName } from "../names.ts";
import { attribute, childElements, type Element, findDocumentation, resolveName } from "../xml/elements.ts";
import type { SchemaPart, Schemas } from "./schema-index.ts";

/** Compiles a simple type (XML Schema part 2, section 4.1): a restriction, a list or a union. */
export function compileSimpleType(schemas: Schemas, element: Element, part: SchemaPart): SimpleType {
  const inline = (inner: Element) => schemas.inlineType(inner, part);
  const documentation = findDocumentation(element);
  const shared = documentation ? { documentation } : {};
  const [derivation] = childElements(element).filter(({ localName }) => localName !== "annotation");
  if (derivation?.localName === "list") {
    const item = attribute(derivation, "itemType");
    const [inner] = childElements(derivation).filter(({ localName }) => localName === "simpleType");
    const listOf =
      item === null ? (inner ? inline(inner) : xsd("string")) : schemas.requireType(derivation, item, part.location);
    return { kind: "simple", base: "anySimpleType", listOf, ...shared };
  }
  if (derivation?.localName === "union") {
    const named = (attribute(derivation, "memberTypes") ?? "").split(/\s+/).filter(Boolean);
    const inner = childElements(derivation).filter(({ localName }) => localName === "simpleType");
    const unionOf = [
      ...named.map((name) => schemas.requireType(derivation, name, part.location)),
      ...inner.map(inline),
    ];
    return { kind: "simple", base: "anySimpleType", unionOf, ...shared };
  }
  if (!derivation) return { kind: "simple", base: "string", ...shared };
  const [derivedFrom, base] = baseOf(schemas, element, derivation, part);
  return { ...restrict(base, derivation), ...shared, derivedFrom };
}

function baseOf(schemas: Schemas, element: Element, restriction: Element, part: SchemaPart): [QName, SimpleType] {
  const base = attribute(restriction, "base");
  const [inner] = childElements(restriction).filter(({ localName }) => localName === "simpleType");
  const inline = () => (inner ? schemas.inlineType(inner, part) : xsd("string"));
  const name = base === null ? inline() : schemas.requireType(restriction, base, part.location);
  const type = schemas.finishedType(name, element, part);
  return [name, type.kind === "simple" ? type : { kind: "simple", base: "string" }];
}

/** Applies the facets of a restriction (XML Schema part 2, section 4.3) to a simple type. */
export function restrict({ documentation: _, ...base }: SimpleType, restriction: Element): SimpleType {
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
      enumeration: enumeration.map((value) => (isQName(base) ? resolveName(restriction, value) : value)),
    }),
    ...(Object.keys(facets).length > 0 && { facets }),
  };
}

const isQName = ({ base }: SimpleType): boolean => base === "QName" || base === "NOTATION";

const numberFacets = ["minLength", "maxLength", "length", "totalDigits", "fractionDigits"] as const;
const textFacets = ["minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "whiteSpace"] as const;
const isNumberFacet = (name: string): name is (typeof numberFacets)[number] => numberFacets.includes(name as never);
const isTextFacet = (name: string): name is (typeof textFacets)[number] => textFacets.includes(name as never);
