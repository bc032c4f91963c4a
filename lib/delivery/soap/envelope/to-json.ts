import { findType, xsd } from "../builtin.ts";
import { declaredNames, isOutOfOrder, wholeName } from "../content/children.ts";
import { sharedNames } from "../content/names.ts";
import { nameType } from "../content/xsi-type.ts";
import { isInteger } from "../lexical.ts";
import type { ComplexType, SimpleType, TypeNode, Types } from "../model.ts";
import { ns, type QName, toQName } from "../names.ts";
import { openAttributeKey } from "../types/attribute-names.ts";
import { isQNameType } from "../types/qname-values.ts";
import { define, isMembers, type Members } from "../values.ts";
import { childElements, type Element, resolveName } from "../xml/elements.ts";
import { XmlError } from "../xml/parse-xml.ts";
import { arrangeArray, readArrayType } from "./array-values.ts";

/** Elements of an answer that others refer to by `href` (SOAP 1.1 section 5.2.1), by their id, and how many elements they led to. */
export type References = { byId: ReadonlyMap<string, Element>; read: number };

/** Elements that refer to each other may be far more than those of the answer: two references to two each, and so on. */
const maxReferred = 300_000;

/** For content without references. */
export const noReferences = (): References => ({ byId: new Map(), read: 0 });

/** How deep references may lead. */
const maxDepth = 100;

/**
 * An element's content as data, the way arguments are given: elements by name, attributes as `@name`, text as `#text` beside them,
 * null for nil, lists for what may repeat. Where the type is not known, the content decides.
 * @param type of the schema, null when it is not known.
 * @throws XmlError for references without an end
 */
export function toJson(types: Types, element: Element, type: QName | null, references: References, depth = 0): unknown {
  const target = follow(element, references);
  if (references.byId.size > 0 && ++references.read > maxReferred) {
    throw new XmlError(`its references (href) lead to more than ${maxReferred} elements`, null);
  }
  if (depth > maxDepth) return null;
  const named = findNamedType(types, target);
  const node = named?.type ?? (type === null ? null : findType(types, type));
  if (isNil(target) || isNil(element)) return readNil(target, node, references);
  if (node?.kind === "simple") return toValue(node, target);
  if (node?.arrayOf || isEncodedArray(target)) {
    const described = readArrayType(target);
    const declared = named && type !== null ? findType(types, type) : null;
    const arrays = [node, declared].map((each) => (each?.kind === "complex" ? each.arrayOf : undefined));
    const known = [...arrays.slice(0, 1), described.item, ...arrays.slice(1)].filter((each) => each != null);
    // `enc:Array`, as many services name the type of all arrays, doesn't say what it contains.
    const item = known.find((each) => each !== xsd("anyType")) ?? known[0] ?? null;
    const children = childElements(target);
    const values = children.map((child) => toJson(types, child, item, references, depth + 1));
    return arrangeArray(target, children, values, described.sizes);
  }
  const value = toMembers(types, target, node, references, depth);
  if (!named || named.name === type || !isMembers(value)) return value;
  return { "@xsi:type": nameType(named.name, type), ...value };
}

/** What stands for an element that refers to another one. */
function follow(element: Element, references: References): Element {
  const href = element.getAttribute("href");
  return (href?.startsWith("#") ? references.byId.get(href.slice(1)) : undefined) ?? element;
}

/** `xsi:type` says more than the schema: a derived type, or any type at all where the schema leaves it open. */
function findNamedType(types: Types, element: Element): { name: QName; type: TypeNode } | null {
  const text = element.getAttributeNS(ns.xsi, "type");
  if (!text) return null;
  const name = resolveName(element, text);
  const type = findType(types, name);
  return type && { name, type };
}

const isNil = (element: Element): boolean => /^(true|1)$/.test(element.getAttributeNS(ns.xsi, "nil") ?? "");
const isEncodedArray = (element: Element): boolean => element.hasAttributeNS(ns.encoding, "arrayType");

/** The content of an element whose type is known to be complex, or is not known. */
export function toMembers(
  types: Types,
  element: Element,
  type: ComplexType | null,
  references: References,
  depth: number,
): unknown {
  const members: Members = {};
  const declared = declaredNames(type?.content ?? null);
  const repeats = type ? findRepeated(type) : new Set<string>();
  const add = (name: string, value: unknown, isList: boolean) => {
    const known = Object.hasOwn(members, name) ? members[name] : undefined;
    if (known === undefined) define(members, name, isList ? [value] : value);
    else if (Array.isArray(known) && (isList || lists.has(known))) known.push(value);
    else {
      const list = [known, value];
      lists.add(list);
      members[name] = list;
    }
  };
  const lists = new Set<unknown>();
  for (const [name, value] of readAttributes(element, type, references)) define(members, name, value);
  const children = childElements(element);
  const keys: string[] = [];
  for (const child of children) {
    const { key, node } = declared.find(child);
    keys.push(key);
    add(
      key,
      toJson(types, child, node?.type ?? null, references, depth + 1),
      repeats.has(node ? wholeName(node) : key),
    );
  }
  if (isOutOfOrder(types, type, members, keys)) define(members, "#order", keys);
  const text = element.textContent ?? "";
  if (type?.text) {
    const simple = findType(types, type.text);
    return { ...members, "#text": simple?.kind === "simple" ? toValue(simple, element) : text };
  }
  const isOpen = type === null || type.mixed === true;
  if (children.length > 0 || (type && !declared.isEmpty)) {
    const own = isOpen ? ownText(element) : "";
    if (own.trim() !== "") define(members, "#text", own);
    return members;
  }
  if (Object.keys(members).length === 0) return text === "" && type !== null && !type.mixed ? {} : text;
  return text.trim() === "" ? members : { ...members, "#text": text };
}

/** The text of an element next to its children. */
function ownText(element: Element): string {
  return [...element.childNodes]
    .filter(({ nodeType }) => nodeType === 3 || nodeType === 4)
    .map(({ nodeValue }) => nodeValue ?? "")
    .join("");
}

/** Null, and the attributes that an element keeps when it's nil. */
function readNil(element: Element, type: TypeNode | null, references: References): unknown {
  const attributes = readAttributes(element, type?.kind === "complex" ? type : null, references);
  if (attributes.length === 0) return null;
  const members: Members = { "@xsi:nil": true };
  for (const [name, value] of attributes) define(members, name, value);
  return members;
}

/** Attributes of these namespaces say how an element is encoded. */
const notData = new Set<string | null>([ns.xmlns, ns.xsi, ns.envelope, ns.envelope12, ns.encoding]);

/**
 * Attributes by the names of their members: local names, or whole names where those of two namespaces have the same local name. Those
 * that the type doesn't declare have their namespace.
 */
function readAttributes(element: Element, type: ComplexType | null, references: References): [string, string][] {
  if (element.attributes.length === 0) return [];
  const given = [...element.attributes]
    .filter(({ namespaceURI }) => !notData.has(namespaceURI))
    .map(({ localName, namespaceURI, value }) => ({ name: localName ?? "", namespace: namespaceURI ?? "", value }))
    .filter(({ name }) => name !== "href" && !(name === "id" && references.byId.size > 0));
  const shared = sharedNames([...(type?.attributes ?? []), ...given]);
  return given.map(({ name, namespace, value }) => {
    const isDeclared = type?.attributes.some((each) => each.name === name && each.namespace === namespace);
    if (type && !isDeclared) return [openAttributeKey(namespace, name), value];
    return [`@${shared.has(name) ? toQName(namespace, name) : name}`, value];
  });
}

/** The elements that are a list in any case, even when there is only one. */
function findRepeated(type: ComplexType): Set<string> {
  const known = repeated.get(type);
  if (known) return known;
  const found = new Set<string>();
  const walk = (particle: NonNullable<ComplexType["content"]>["items"][number], isRepeated: boolean) => {
    const here = isRepeated || particle.max === null || particle.max > 1;
    if (particle.kind === "element" && here) found.add(wholeName(particle));
    else if (particle.kind !== "element" && particle.kind !== "any")
      for (const item of particle.items) walk(item, here);
  };
  if (type.content) walk(type.content, false);
  repeated.set(type, found);
  return found;
}

const repeated = new WeakMap<ComplexType, Set<string>>();

/** A simple value: numbers where JavaScript can hold them as they are, else text. */
function toValue(type: SimpleType, element: Element): unknown {
  const { base } = type;
  const text = element.textContent ?? "";
  // The prefixes of a response mean nothing outside of it.
  if (isQNameType(type)) return resolveName(element, text);
  if (type.listOf || type.unionOf || base === "string" || base === "normalizedString") return text;
  const trimmed = text.trim();
  if (base === "boolean")
    return trimmed === "true" || trimmed === "1" ? true : trimmed === "false" || trimmed === "0" ? false : text;
  if (isInteger(base) || base === "decimal" || base === "double" || base === "float") return toNumber(trimmed);
  return trimmed;
}

function toNumber(text: string): unknown {
  const digits = text.replace(/[^\d]/g, "");
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) || digits.length > 15) return text;
  return Number(text);
}

/** The elements of an answer that have an id. */
export function findReferences(body: Element): References {
  const references = new Map<string, Element>();
  for (const child of childElements(body)) {
    const id = child.getAttribute("id");
    if (id) references.set(id, child);
  }
  return { byId: references, read: 0 };
}
