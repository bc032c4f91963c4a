import type { AttributeNode, ElementNode, GroupNode } from "../model.ts";
import { toQName } from "../names.ts";
import { readName } from "../types/attribute-names.ts";
import { listElements, type Members, memberOf } from "../values.ts";

/** The member of arguments that an element is: its local name, or its whole name (`{namespace}local`) where that is given. */
export function keyOf({ namespace, name }: ElementNode, members: Members): string {
  const whole = toQName(namespace, name);
  return Object.hasOwn(members, whole) ? whole : name;
}

/** The elements of a content, and the members that they can be: their local names and whole names. */
type Known = { elements: readonly ElementNode[]; names: ReadonlySet<string> };
const nothing: Known = { elements: [], names: new Set() };
const known = new WeakMap<GroupNode, Known>();

export function knownIn(content: GroupNode | null): Known {
  if (!content) return nothing;
  const before = known.get(content);
  if (before) return before;
  const elements = listElements(content);
  const names = new Set(elements.flatMap(({ namespace, name }) => [name, toQName(namespace, name)]));
  known.set(content, { elements, names });
  return { elements, names };
}

/** Whether a member's name means an element. */
export function isNameOf({ namespace, name }: ElementNode, key: string): boolean {
  return key === name || key === toQName(namespace, name);
}

/** The local names that elements or attributes of different namespaces share. */
export function sharedNames(nodes: readonly { name: string; namespace: string }[]): Set<string> {
  const namespaces = new Map<string, string>();
  const shared = new Set<string>();
  for (const { name, namespace } of nodes) {
    if ((namespaces.get(name) ?? namespace) !== namespace) shared.add(name);
    namespaces.set(name, namespace);
  }
  return shared;
}

/**
 * The attribute that a member's name means: `@local`, `@{namespace}local`, or `@prefix:local` with any prefix. A prefix that needs no
 * declaration means its own namespace.
 */
export function findAttribute(attributes: readonly AttributeNode[], key: string): AttributeNode | null {
  const text = key.slice(1);
  const whole = attributes.find(({ namespace, name }) => toQName(namespace, name) === text);
  if (whole) return whole;
  const known = readName(text);
  if (known && known.namespace !== "")
    return attributes.find((each) => each.name === known.local && each.namespace === known.namespace) ?? null;
  const [prefix, local] = text.includes(":") && !text.startsWith("{") ? text.split(":", 2) : ["", text];
  const found = attributes.filter(({ namespace, name }) => name === local && (prefix === "" || namespace !== ""));
  return found.length === 1 ? found[0]! : null;
}

/** The value of an attribute. */
export function attributeValue(attributes: readonly AttributeNode[], node: AttributeNode, members: Members): unknown {
  const plain = memberOf(members, `@${node.name}`);
  if (plain !== undefined && findAttribute(attributes, `@${node.name}`) === node) return plain;
  const key = Object.keys(members).find(
    (each) => each.startsWith("@") && each.endsWith(node.name) && findAttribute(attributes, each) === node,
  );
  return key === undefined ? undefined : members[key];
}
