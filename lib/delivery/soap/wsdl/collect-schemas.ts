import { isSchema, resolveLocation, schemasOf } from "../imports.ts";
import type { WsdlDocument } from "../model.ts";
import { attribute, childElements, type Element, resolveName } from "../xml/elements.ts";
import { type SchemaPart, toSchemaPart } from "./schema-index.ts";

/** All schemas: inside of WSDLs, and documents of their own, included ones in the namespace of the schema that includes them. */
export function collectSchemas(documents: readonly WsdlDocument[], roots: ReadonlyMap<string, Element>): SchemaPart[] {
  const parts: SchemaPart[] = [];
  const seen = new Map<Element, Set<string>>();
  const bases = new Map(documents.map(({ location, base }) => [location, base ?? location]));
  const add = (element: Element, location: string, includedIn: string | null) => {
    const namespace = attribute(element, "targetNamespace") ?? includedIn ?? "";
    const namespaces = seen.get(element) ?? new Set();
    if (namespaces.has(namespace)) return;
    seen.set(element, namespaces.add(namespace));
    const isChameleon = namespace !== "" && attribute(element, "targetNamespace") === null;
    parts.push(toSchemaPart(isChameleon ? toNamespace(element, namespace) : element, location, includedIn));
    for (const child of childElements(element)) {
      if (child.localName !== "include" && child.localName !== "redefine") continue;
      const target = resolveLocation(bases.get(location) ?? location, attribute(child, "schemaLocation") ?? "");
      const root = target === null ? undefined : roots.get(target);
      if (root) add(root, target!, namespace);
    }
  };
  for (const { location } of documents) {
    const root = roots.get(location);
    if (root) for (const schema of isSchema(root) ? [root] : schemasOf(root)) add(schema, location, null);
  }
  return parts;
}

/**
 * A copy of a schema without a target namespace, in the namespace of the one that includes it. Names without a namespace in it are in
 * that namespace, too (XML Schema part 1 section 4.2.1).
 */
function toNamespace(schema: Element, namespace: string): Element {
  const copy = schema.cloneNode(true) as Element;
  copy.setAttribute("targetNamespace", namespace);
  if (resolveName(schema, "name") === "name") copy.setAttribute("xmlns", namespace);
  return copy;
}
