import { findType, xsd } from "../builtin.ts";
import type { TypeNode, Types } from "../model.ts";
import { localOf, namespaceOf, ns, type QName, toQName } from "../names.ts";

/** The built-in types that others are derived from (XML Schema part 2, section 3). */
const parents: Record<string, string> = {
  integer: "decimal",
  nonPositiveInteger: "integer",
  negativeInteger: "nonPositiveInteger",
  long: "integer",
  int: "long",
  short: "int",
  byte: "short",
  nonNegativeInteger: "integer",
  unsignedLong: "nonNegativeInteger",
  unsignedInt: "unsignedLong",
  unsignedShort: "unsignedInt",
  unsignedByte: "unsignedShort",
  positiveInteger: "nonNegativeInteger",
  normalizedString: "string",
  token: "normalizedString",
  language: "token",
  NMTOKEN: "token",
  Name: "token",
  NCName: "Name",
  ID: "NCName",
  IDREF: "NCName",
  ENTITY: "NCName",
};

/** Prefixes that need no declaration in `@xsi:type`. */
const prefixes: Record<string, string> = { xs: ns.xsd, xsd: ns.xsd, enc: ns.encoding, soapenc: ns.encoding };

/** The type that `@xsi:type` means, or why it can't be used. */
type NamedType = { name: QName; type: TypeNode } | { problem: string };

/**
 * Finds the type that `@xsi:type` names: `{namespace}Name`, `xs:int`, or `Name` with any prefix or none, which means one that is
 * derived from the declared type, in its namespace if there are several.
 */
export function findNamedType(types: Types, declared: QName, wanted: string): NamedType {
  const named = listCandidates(types, wanted.trim()).filter((name) => findType(types, name) !== null);
  if (named.length === 0) return { problem: `names a type that the WSDL doesn't define: ${wanted}.` };
  const derived = named.filter((name) => isDerived(types, name, declared));
  if (derived.length === 0) {
    return { problem: `names a type that isn't derived from ${localOf(declared) || "the declared one"}: ${wanted}.` };
  }
  const near = derived.filter((name) => namespaceOf(name) === namespaceOf(declared));
  const [name, ...more] = near.length > 0 ? near : derived;
  if (more.length === 0) return { name: name!, type: findType(types, name!)! };
  return { problem: `is ambiguous. Enter one of ${derived.join(", ")}.` };
}

function listCandidates(types: Types, wanted: string): QName[] {
  if (wanted.startsWith("{") || Object.hasOwn(types, wanted)) return [wanted];
  const [prefix, local] = wanted.includes(":") ? wanted.split(":", 2) : ["", wanted];
  const namespace = Object.hasOwn(prefixes, prefix!) ? prefixes[prefix!]! : null;
  const own = Object.keys(types).filter((name) => !name.startsWith("#") && localOf(name) === local);
  if (namespace === null) return own.length > 0 ? own : [xsd(local!)];
  const known = toQName(namespace, local!);
  return findType(types, known) ? [known] : own;
}

/** Whether a type can take the place of another one (XML Schema part 1 sections 3.4.6 and 3.14.6). */
function isDerived(types: Types, name: QName, base: QName): boolean {
  if (base === xsd("anyType")) return true;
  const seen = new Set<QName>();
  for (let each: QName | undefined = name; each !== undefined && !seen.has(each); each = parentOf(types, each)) {
    seen.add(each);
    if (normalize(each) === normalize(base)) return true;
  }
  const [type, other] = [findType(types, name), findType(types, base)];
  if (type?.kind !== "simple" || other?.kind !== "simple") return false;
  if (base === xsd("anySimpleType")) return true;
  return other.unionOf?.some((member) => isDerived(types, name, member)) ?? false;
}

/** SOAP's encoding schema has a type for each built-in one, which allows the same values. */
const normalize = (name: QName): QName => (namespaceOf(name) === ns.encoding ? xsd(localOf(name)) : name);

function parentOf(types: Types, name: QName): QName | undefined {
  const namespace = namespaceOf(name);
  if (namespace === ns.xsd || namespace === ns.encoding) {
    const parent = parents[localOf(name)];
    return parent === undefined ? undefined : xsd(parent);
  }
  return findType(types, name)?.derivedFrom;
}

/** How `@xsi:type` names a type in data: by its local name next to a declared type of the same namespace. */
export function nameType(name: QName, declared: QName | null): string {
  if (namespaceOf(name) === ns.xsd) return `xs:${localOf(name)}`;
  return declared !== null && namespaceOf(declared) === namespaceOf(name) ? localOf(name) : name;
}
