import type { ComplexType, TypeNode, Types } from "./model.ts";
import { localOf, namespaceOf, ns, type QName, toQName } from "./names.ts";

const anyType: ComplexType = {
  kind: "complex",
  content: { kind: "sequence", min: 1, max: 1, items: [{ kind: "any", min: 0, max: null }] },
  attributes: [],
  anyAttribute: true,
  mixed: true,
};

const names = new Set(
  `anyURI base64Binary boolean byte date dateTime decimal double duration ENTITIES ENTITY float gDay gMonth gMonthDay gYear gYearMonth
   hexBinary ID IDREF IDREFS int integer language long Name NCName negativeInteger NMTOKEN NMTOKENS nonNegativeInteger
   nonPositiveInteger normalizedString NOTATION positiveInteger QName short string time token unsignedByte unsignedInt unsignedLong
   unsignedShort anySimpleType anyAtomicType dateTimeStamp dayTimeDuration yearMonthDuration`.split(/\s+/),
);
const builtins = new Map<string, TypeNode>([...names].map((base) => [base, { kind: "simple", base }]));
builtins.set("anyType", anyType);
// XML Schema part 2, section 3.3: the lists among the built-in types.
for (const [list, item] of [
  ["NMTOKENS", "NMTOKEN"],
  ["IDREFS", "IDREF"],
  ["ENTITIES", "ENTITY"],
] as const) {
  builtins.set(list, {
    kind: "simple",
    base: "anySimpleType",
    listOf: toQName(ns.xsd, item),
    facets: { minLength: 1 },
  });
}

/** The name of a built-in type. */
export const xsd = (local: string): QName => toQName(ns.xsd, local);

/**
 * A type by its name, null when nothing defines it. SOAP's encoding schema has a type for each built-in one (SOAP 1.1 section 5.2).
 */
export function findType(types: Types, name: QName): TypeNode | null {
  const own = Object.hasOwn(types, name) ? types[name] : undefined;
  if (own) return own;
  const namespace = namespaceOf(name);
  if (namespace !== ns.xsd && namespace !== ns.encoding) return null;
  return builtins.get(localOf(name)) ?? (namespace === ns.encoding ? encodedType(localOf(name)) : null);
}

function encodedType(local: string): TypeNode | null {
  if (local === "Array") return { kind: "complex", content: null, attributes: [], arrayOf: xsd("anyType") };
  if (local === "base64") return { kind: "simple", base: "base64Binary" };
  return local === "Struct" ? anyType : null;
}
