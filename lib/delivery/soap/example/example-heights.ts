import type { ComplexType, Particle, Types } from "../model.ts";
import type { QName } from "../names.ts";
import { listDerived } from "../types/derived-types.ts";
import { listElements } from "../values.ts";

/** How many levels the smallest value of something has; infinite for what requires itself without an end. */
export type TypeHeights = {
  ofType(name: QName): number;
  ofParticle(particle: Particle): number;
  /** The types that aren't abstract and are derived from a type, nearest first. */
  concrete(name: QName): QName[];
};

const measured = new WeakMap<Types, TypeHeights>();

/** Measures the types of a WSDL, so that an example can take the choices that end. */
export function measureTypes(types: Types): TypeHeights {
  const known = measured.get(types) ?? measure(types);
  measured.set(types, known);
  return known;
}

function measure(types: Types): TypeHeights {
  const derived = listDerived(types);
  const heights = new Map<QName, number>();
  const ofType = (name: QName): number => {
    const own = Object.hasOwn(types, name) ? types[name] : undefined;
    return own?.kind === "complex" && !own.arrayOf ? (heights.get(name) ?? Infinity) : 0;
  };
  const ofParticle = (particle: Particle): number => {
    if (particle.min === 0 || particle.kind === "any") return 0;
    if (particle.kind === "element") return particle.nillable ? 1 : 1 + ofType(particle.type);
    if (particle.kind !== "choice") return particle.items.reduce((most, item) => Math.max(most, ofParticle(item)), 0);
    return particle.items.reduce((least, item) => Math.min(least, ofParticle(item)), Infinity);
  };
  const concrete = (name: QName): QName[] => {
    const found = new Set(derived.get(name) ?? []);
    for (const each of found) for (const more of derived.get(each) ?? []) found.add(more);
    return [...found].filter((each) => !(types[each] as ComplexType).abstract);
  };
  const ofOwn = (name: QName, type: ComplexType): number => {
    if (type.abstract) return concrete(name).reduce((least, each) => Math.min(least, ofType(each)), Infinity);
    return type.content ? ofParticle(type.content) : 0;
  };
  const waiting = new Set<QName>();
  const dependents = new Map<QName, QName[]>();
  for (const [name, type] of Object.entries(types)) {
    if (type.kind !== "complex") continue;
    waiting.add(name);
    const needed = type.abstract ? concrete(name) : listElements(type.content).map((element) => element.type);
    for (const other of new Set(needed)) {
      const known = dependents.get(other);
      if (known) known.push(name);
      else dependents.set(other, [name]);
    }
  }
  // A set grows while it's walked. Heights only fall, and what depends on a lower one is measured again.
  for (const name of waiting) {
    waiting.delete(name);
    const height = ofOwn(name, types[name] as ComplexType);
    if (height >= (heights.get(name) ?? Infinity)) continue;
    heights.set(name, height);
    for (const dependent of dependents.get(name) ?? []) waiting.add(dependent);
  }
  return { ofType, ofParticle, concrete };
}
