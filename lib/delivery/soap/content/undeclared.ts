import { xsd } from "../builtin.ts";
import type { ComplexType, ElementNode } from "../model.ts";
import { namespaceOf } from "../names.ts";
import { listValues, type Members, memberOf } from "../values.ts";
import { ncName } from "../xml/name-chars.ts";

/** Whether a type is `xs:anyType`: whatever is given. */
export const isAnything = (type: ComplexType): boolean =>
  type.anyAttribute === true &&
  type.mixed === true &&
  type.content?.items.length === 1 &&
  type.content.items[0]!.kind === "any";

/** An element of `xs:anyType`, which no schema declares. Its member is its local name or whole name. */
export function undeclaredElement(key: string): ElementNode | null {
  const namespace = namespaceOf(key);
  const name = namespace === "" ? key : key.slice(namespace.length + 2);
  if (!ncName.test(name)) return null;
  return { kind: "element", name, namespace, type: xsd("anyType"), min: 0, max: null, nillable: true };
}

/** Members of `xs:anyType` as elements, in the order of `#order` if it's there. */
export function listUndeclared(members: Members): { node: ElementNode; value: unknown }[] {
  const found = Object.entries(members).flatMap(([key, value]) => {
    const node = undeclaredElement(key);
    return node ? listValues(value).map((each) => ({ key, node, value: each })) : [];
  });
  const order = memberOf(members, "#order");
  if (!Array.isArray(order)) return found;
  const next = new Map(found.map(({ key }) => [key, found.filter((each) => each.key === key)]));
  const ordered = order.map((key) => next.get(String(key))?.shift()).filter((each) => each !== undefined);
  return [...ordered, ...[...next.values()].flat()];
}
