import type { Omission, Particle, ServiceNode, Types } from "../model.ts";
import { localOf, type QName } from "../names.ts";
import { type OmittedMember, referredTypes } from "./prune.ts";

/** The members left out of the types that the requests of a service contain. */
export function listOmittedMembers(
  { ports }: ServiceNode,
  types: Types,
  omitted: ReadonlyMap<QName, OmittedMember[]>,
): Omission[] {
  if (omitted.size === 0) return [];
  const found = new Set<QName>();
  const waiting: QName[] = [];
  const addParticle = (particle: Particle): void => {
    if (particle.kind === "element") waiting.push(particle.type);
    else if (particle.kind !== "any") for (const item of particle.items) addParticle(item);
  };
  for (const operation of ports.flatMap(({ operations }) => Object.values(operations))) {
    addParticle(operation.input.content);
    if (operation.input.type) waiting.push(operation.input.type);
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    if (Object.hasOwn(types, name)) waiting.push(...referredTypes(types[name]!));
  }
  return [...found].flatMap((type) =>
    (omitted.get(type) ?? []).map(({ name, reason }) => ({
      what: "member" as const,
      name: type.startsWith("#") ? localOf(name) : `${localOf(type)}/${localOf(name)}`,
      reason,
    })),
  );
}
