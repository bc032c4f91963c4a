import type { AttributeNode, ComplexType, GroupNode, Particle, TypeNode, Types } from "../model.ts";
import type { QName } from "../names.ts";

/** What is left out of a type, and why. */
export type OmittedMember = { name: string; reason: string };

/**
 * Removes from types what refers to a broken one: optional members alone, and otherwise the type, which is broken then, too.
 * @param broken why types can't be used, by their names; gets those that need a broken one.
 * @returns what is left out of types that can be used, by their names.
 */
export function pruneTypes(types: Types, broken: Map<QName, string>): Map<QName, OmittedMember[]> {
  const omitted = new Map<QName, OmittedMember[]>();
  markCircular(types, broken);
  if (broken.size === 0) return omitted;
  spread(types, broken);
  for (const name of broken.keys()) delete types[name];
  for (const [name, type] of Object.entries(types)) {
    const members: OmittedMember[] = [];
    const pruned = pruneType(type, broken, members);
    if (members.length === 0) continue;
    types[name] = pruned;
    omitted.set(name, members);
  }
  return omitted;
}

/** Marks lists and unions that contain themselves, which no value can be checked against. */
function markCircular(types: Types, broken: Map<QName, string>): void {
  for (const [name, type] of Object.entries(types)) {
    if (type.kind !== "simple" || (!type.unionOf && !type.listOf)) continue;
    const seen = new Set<QName>();
    const waiting = referredTypes(type);
    for (let next = waiting.pop(); next !== undefined && !seen.has(name); next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const inner = Object.hasOwn(types, next) ? types[next]! : null;
      if (inner?.kind === "simple") waiting.push(...referredTypes(inner));
    }
    if (seen.has(name)) broken.set(name, `the type ${name} is a list or union that contains itself`);
  }
}

/** Marks the types that need a broken one, until nothing changes. */
function spread(types: Types, broken: Map<QName, string>): void {
  const dependents = new Map<QName, QName[]>();
  for (const [name, type] of Object.entries(types)) {
    for (const other of referredTypes(type)) {
      const known = dependents.get(other);
      if (known) known.push(name);
      else dependents.set(other, [name]);
    }
  }
  const waiting = [...broken.keys()];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const dependent of dependents.get(name) ?? []) {
      const reason = broken.has(dependent) ? null : whyUnusable(types[dependent]!, broken);
      if (reason === null) continue;
      broken.set(dependent, reason);
      waiting.push(dependent);
    }
  }
}

/** The types that a type's content and attributes have. */
export function referredTypes(type: TypeNode): QName[] {
  if (type.kind === "simple") return [...(type.listOf ? [type.listOf] : []), ...(type.unionOf ?? [])];
  const found = [type.text, type.arrayOf].filter((each): each is QName => each !== undefined);
  const walk = (particle: Particle): void => {
    if (particle.kind === "element") found.push(particle.type);
    else if (particle.kind !== "any") for (const item of particle.items) walk(item);
  };
  if (type.content) walk(type.content);
  return [...found, ...type.attributes.map((attribute) => attribute.type)];
}

function whyUnusable(type: TypeNode, broken: ReadonlyMap<QName, string>): string | null {
  const reason = (name: QName | undefined) => (name === undefined ? null : (broken.get(name) ?? null));
  if (type.kind === "simple") {
    const members = (type.unionOf ?? []).map(reason);
    return reason(type.listOf) ?? (members.every((each) => each !== null) ? (members[0] ?? null) : null);
  }
  const attribute = type.attributes.find((each) => each.required && broken.has(each.type));
  return (
    reason(type.text) ??
    reason(type.arrayOf) ??
    reason(attribute?.type) ??
    (type.content && whyParticleUnusable(type.content, broken))
  );
}

/** Null for what can be left out. */
function whyParticleUnusable(particle: Particle, broken: ReadonlyMap<QName, string>): string | null {
  if (particle.min === 0 || particle.kind === "any") return null;
  if (particle.kind === "element") return broken.get(particle.type) ?? null;
  const reasons = particle.items.map((item) => whyParticleUnusable(item, broken));
  if (particle.kind === "choice") return reasons.every((each) => each !== null) ? (reasons[0] ?? null) : null;
  return reasons.find((each) => each !== null) ?? null;
}

function pruneType(type: TypeNode, broken: ReadonlyMap<QName, string>, omitted: OmittedMember[]): TypeNode {
  if (type.kind === "simple") {
    const lost = type.unionOf?.filter((name) => broken.has(name)) ?? [];
    omitted.push(...lost.map((name) => ({ name, reason: broken.get(name)! })));
    return lost.length === 0 ? type : { ...type, unionOf: type.unionOf!.filter((name) => !broken.has(name)) };
  }
  return { ...type, ...pruneMembers(type, broken, omitted) };
}

/** A content and attributes without what is broken. */
function pruneMembers(
  { content, attributes }: Pick<ComplexType, "content" | "attributes">,
  broken: ReadonlyMap<QName, string>,
  omitted: OmittedMember[],
): Pick<ComplexType, "content" | "attributes"> {
  const kept = (attribute: AttributeNode) => {
    const reason = broken.get(attribute.type);
    if (reason !== undefined) omitted.push({ name: `@${attribute.name}`, reason });
    return reason === undefined;
  };
  return {
    content: content && (pruneParticle(content, broken, omitted) as GroupNode | null),
    attributes: attributes.filter(kept),
  };
}

function pruneParticle(
  particle: Particle,
  broken: ReadonlyMap<QName, string>,
  omitted: OmittedMember[],
): Particle | null {
  if (particle.kind === "any") return particle;
  if (particle.kind === "element") {
    const reason = broken.get(particle.type);
    if (reason === undefined) return particle;
    omitted.push({ name: particle.name, reason });
    return null;
  }
  const items = particle.items.map((item) => pruneParticle(item, broken, omitted));
  const kept = items.filter((item): item is Particle => item !== null);
  if (kept.length === items.length) return { ...particle, items: kept };
  const isWhole =
    particle.kind === "choice" || items.every((item, at) => item !== null || particle.items[at]!.min === 0);
  return isWhole && kept.length > 0 ? { ...particle, items: kept } : null;
}
