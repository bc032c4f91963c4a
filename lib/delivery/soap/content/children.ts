import type { ComplexType, ElementNode, GroupNode, Types } from "../model.ts";
import { toQName } from "../names.ts";
import { holdsAny, listElements, type Members, takesList } from "../values.ts";
import type { Element } from "../xml/elements.ts";
import { arrange } from "./arrange.ts";
import { sharedNames } from "./names.ts";
import { hasOpenOrder } from "./order.ts";

export const wholeName = ({ namespace, name }: ElementNode): string => toQName(namespace, name);

/** The declarations of the elements of a content. */
type Declared = { isEmpty: boolean; find(child: Element): { key: string; node: ElementNode | undefined } };

const undeclared: Declared = {
  isEmpty: true,
  find: (child) => ({ key: child.localName ?? child.nodeName, node: undefined }),
};
const known = new WeakMap<GroupNode, Declared>();

/** Finds declarations by qualified name. A service that qualifies an element wrongly is understood, too. */
export function declaredNames(content: GroupNode | null): Declared {
  if (!content) return undeclared;
  const before = known.get(content);
  if (before) return before;
  const nodes = listElements(content);
  const shared = sharedNames(nodes);
  const byName = new Map(nodes.map((node) => [wholeName(node), node]));
  const byLocal = new Map(nodes.map((node) => [node.name, node]));
  const isOpen = holdsAny(content);
  const declared: Declared = {
    isEmpty: nodes.length === 0,
    find(child) {
      const local = child.localName ?? child.nodeName;
      const node = byName.get(toQName(child.namespaceURI, local));
      if (node) return { key: shared.has(local) ? wholeName(node) : local, node };
      const near = byLocal.get(local);
      if (!near) return { key: local, node: undefined };
      const isForeign = isOpen && near.namespace !== "" && Boolean(child.namespaceURI);
      return isForeign ? { key: toQName(child.namespaceURI, local), node: undefined } : { key: local, node: near };
    },
  };
  known.set(content, declared);
  return declared;
}

/** Whether members alone would be written in another order than that of the elements that they were read from. */
export function isOutOfOrder(
  types: Types,
  type: ComplexType | null,
  members: Members,
  keys: readonly string[],
): boolean {
  if (keys.length < 2) return false;
  const isDeclared = type?.content && listElements(type.content).length > 0;
  if (!isDeclared) return isScattered(keys);
  if (!hasOpenOrder(type.content!)) return false;
  const order = arrange(type.content, members, (node) => takesList(types, node)).map((each) =>
    "any" in each ? "#any" : each.key,
  );
  return order.length !== keys.length || order.some((key, at) => key !== keys[at]);
}

/** Whether a name occurs again after another one. */
function isScattered(keys: readonly string[]): boolean {
  const seen = new Set<string>();
  return keys.some((key, at) => {
    const isAgain = seen.has(key) && keys[at - 1] !== key;
    seen.add(key);
    return isAgain;
  });
}
