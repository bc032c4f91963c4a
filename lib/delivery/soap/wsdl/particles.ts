import type { GroupNode, Particle } from "../model.ts";
import { localOf, namespaceOf, ns } from "../names.ts";
import { attribute, childElements, type Element, resolveName } from "../xml/elements.ts";
import { compileElement } from "./declarations.ts";
import { invalidWsdl, lineOf, maxGroupDepth, type SchemaPart, type Schemas } from "./schema-index.ts";
import { listSubstitutes } from "./substitution.ts";

type Occurs = { min: number; max: number | null };

/** The model group of a type or of a named group, null when it has none. */
export function findModel(parent: Element): Element | null {
  return childElements(parent).find(({ localName }) => isModel(localName)) ?? null;
}

/**
 * What stands in a model group (XML Schema part 1, section 3.9); null for what never occurs.
 * @param depth how many groups are around it.
 * @throws AppError `wsdl_invalid` for groups that refer to each other
 */
export function compileParticle(schemas: Schemas, element: Element, part: SchemaPart, depth = 0): Particle | null {
  schemas.particles.take();
  const occurs = readOccurs(element);
  if (occurs.max === 0) return null;
  if (depth > maxGroupDepth)
    throw invalidWsdl(part.location, "its groups refer to each other in a circle", lineOf(element));
  const kind = element.localName;
  if (kind === "element") return compileElementParticle(schemas, element, part, occurs);
  if (kind === "any") return { kind, ...occurs };
  if (kind === "group") return expandGroup(schemas, element, part, occurs, depth);
  const items = childElements(element)
    .filter(({ localName }) => isModel(localName) || localName === "element" || localName === "any")
    .map((child) => compileParticle(schemas, child, part, depth + 1))
    .filter((item): item is Particle => item !== null);
  return { kind: kind as GroupNode["kind"], items, ...occurs };
}

function expandGroup(schemas: Schemas, element: Element, part: SchemaPart, occurs: Occurs, depth: number) {
  const found = schemas.find("group", resolveName(element, attribute(element, "ref") ?? ""));
  if (!found) return missingParticle(schemas, "group", element, part, occurs);
  const { element: target, part: its } = found;
  const model = findModel(target);
  const content = model ? compileParticle(schemas, model, its, depth + 1) : null;
  if (!content || content.kind === "element" || content.kind === "any") return content;
  const isOnce = content.min === 1 && content.max === 1;
  return isOnce ? { ...content, ...occurs } : { kind: "sequence" as const, items: [content], ...occurs };
}

function compileElementParticle(schemas: Schemas, element: Element, part: SchemaPart, occurs: Occurs): Particle {
  const ref = attribute(element, "ref");
  if (ref === null) return { ...compileElement(schemas, element, part), ...occurs };
  const name = resolveName(element, ref);
  // A schema in a message, beside any: how .NET sends a DataSet.
  if (namespaceOf(name) === ns.xsd) return { kind: "any", ...occurs };
  if (!schemas.find("element", name)) return missingParticle(schemas, "element", element, part, occurs);
  // Each place has elements of its own, since values are assigned to them.
  const nodes = listSubstitutes(schemas, name).map(([each, component]) => ({
    ...schemas.globalElement(each, component),
  }));
  schemas.particles.take(nodes.length);
  const [only] = nodes;
  // Members of an abstract head can be in schemas that the WSDL doesn't import.
  if (!only) return { kind: "any", ...occurs };
  if (nodes.length === 1) return { ...only, ...occurs };
  return { kind: "choice", items: nodes, ...occurs };
}

/** An element in the place of something undefined. It is removed with what needs it (prune.ts). */
function missingParticle(
  schemas: Schemas,
  kind: "element" | "group",
  from: Element,
  part: SchemaPart,
  occurs: Occurs,
): Particle {
  const name = resolveName(from, attribute(from, "ref") ?? "");
  const what = `the ${kind} ${name} is not defined by any of its schemas`;
  const type = schemas.missing(`!${kind} ${name}`, what, from, part.location);
  return { kind: "element", name: localOf(name), namespace: namespaceOf(name), type, ...occurs };
}

function readOccurs(element: Element): Occurs {
  const max = attribute(element, "maxOccurs") ?? "1";
  return { min: Number(attribute(element, "minOccurs") ?? 1) || 0, max: max === "unbounded" ? null : Number(max) || 0 };
}

const isModel = (name: string | null): boolean => ["sequence", "choice", "all", "group"].includes(name ?? "");
