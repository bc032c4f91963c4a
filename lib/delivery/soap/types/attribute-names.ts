import { ns, toQName } from "../names.ts";
import { type Members, memberOf } from "../values.ts";
import { ncName } from "../xml/name-chars.ts";

/** Prefixes that arguments can use without declaring them. */
const knownPrefixes: Record<string, string> = {
  xml: ns.xml,
  xsi: ns.xsi,
  xs: ns.xsd,
  xsd: ns.xsd,
  enc: ns.encoding,
  soapenc: ns.encoding,
};

/** Reads `name`, `xml:name`, or `{namespace}name`; null for anything else. */
export function readName(text: string): { namespace: string; local: string } | null {
  const [, namespace, prefix, local = ""] = /^(?:\{([^{}]*)\}|([^:{}]+):)?([^:{}]+)$/.exec(text) ?? [];
  if (!ncName.test(local)) return null;
  if (prefix === undefined) return { namespace: namespace ?? "", local };
  return Object.hasOwn(knownPrefixes, prefix) ? { namespace: knownPrefixes[prefix]!, local } : null;
}

/** Names the member of an attribute that no type declares: `@name`, `@xml:lang`, or `@{namespace}name`. */
export function openAttributeKey(namespace: string | null, local: string): string {
  return namespace === ns.xml ? `@xml:${local}` : `@${toQName(namespace, local)}`;
}

/** Reads the name of an attribute that no type declares from its member; null for what can't be one. */
export function readAttributeKey(key: string): { namespace: string; local: string } | null {
  const name = readName(key.slice(1));
  return name && name.namespace === "" && name.local === "xmlns" ? null : name;
}

/** What `xsi:type` and `xsi:nil` say isn't data. */
export const isReservedAttribute = (key: string): boolean => key === "@xsi:type" || key === "@xsi:nil";

/** Whether a value is nil and keeps its attributes: `{"@xsi:nil": true, "@unit": "kg"}` (XML Schema part 1, section 3.3.4). */
export function isNilWithAttributes(value: unknown): value is Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return ["true", "1"].includes(String(memberOf(value as Members, "@xsi:nil")));
}
