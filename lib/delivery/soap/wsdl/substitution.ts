import type { QName } from "../names.ts";
import { attribute } from "../xml/elements.ts";
import type { Component, Schemas } from "./schema-index.ts";

/**
 * Lists the elements that can appear in the place of a head, the head included (XML Schema part 1, section 3.3.6): members of its
 * substitution group, their members, and so on, without abstract ones.
 */
export function listSubstitutes(schemas: Schemas, head: QName): [QName, Component][] {
  const found = new Map<QName, Component>();
  const seen = new Set([head]);
  // A set grows while it's walked.
  for (const name of seen) {
    const component = schemas.find("element", name);
    if (!component) continue;
    if (attribute(component.element, "abstract") !== "true") found.set(name, component);
    if (name === head && blocksSubstitution(component)) break;
    for (const member of schemas.index.substitutes.get(name) ?? []) seen.add(member);
  }
  return [...found];
}

function blocksSubstitution({ element, part }: Component): boolean {
  const block = attribute(element, "block") ?? attribute(part.element, "blockDefault") ?? "";
  return block.split(/\s+/).some((each) => each === "substitution" || each === "#all");
}
