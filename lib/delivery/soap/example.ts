import { findType } from "./builtin.ts";
import { measureTypes, type TypeHeights } from "./example-heights.ts";
import { exampleValue } from "./example-values.ts";
import type { AttributeNode, ComplexType, ElementNode, GroupNode, OperationNode, Particle, Types } from "./model.ts";
import { localOf, type QName } from "./names.ts";
import { isRequired, listElements, listValues, type Members, memberOf } from "./values.ts";

/** How deep an example takes the first choice. Below, it takes the one that ends soonest. */
const maxFreeDepth = 3;
/** How many elements an example can have, and how deep: types can require themselves again and again. */
const limits = { elements: 2000, depth: 100 };

/** Makes arguments to begin with: what is required, with values that fit. */
export function makeExample(types: Types, { input }: Pick<OperationNode, "input">): Members {
  return new Example(types).members(input.content, input.attributes, 0);
}

class Example {
  readonly #types: Types;
  readonly #heights: TypeHeights;
  #elements = 0;

  constructor(types: Types) {
    this.#types = types;
    this.#heights = measureTypes(types);
  }

  members(content: GroupNode | null, attributes: AttributeNode[], depth: number): Members {
    const members: Members = {};
    for (const { name, required, fixed, default: preset, type } of attributes) {
      if (required) members[`@${name}`] = fixed ?? this.#preset(type, preset) ?? exampleValue(this.#types, type);
    }
    if (content) this.#fill(content, members, depth, 1);
    return members;
  }

  /** @param times how often a group around it must occur. */
  #fill(particle: Particle, members: Members, depth: number, times: number): void {
    if (particle.min === 0) return;
    const count = Math.min(times * particle.min, limits.elements);
    if (particle.kind === "any") {
      const xml = '<example xmlns="urn:example"/>';
      members["#any"] = count > 1 ? Array.from({ length: count }, () => xml) : xml;
    } else if (particle.kind === "element") {
      const isList = particle.max === null || particle.max > 1 || count > 1;
      const value = this.#element(particle, depth);
      const known = listValues(memberOf(members, particle.name));
      const values = Array.from({ length: count }, () => value);
      members[particle.name] = isList || known.length > 0 ? [...known, ...values] : value;
    } else if (particle.kind !== "choice") {
      for (const item of particle.items) if (isRequired(item)) this.#fill(item, members, depth, count);
    } else {
      const item = this.#choose(particle.items, (each) => this.#heights.ofParticle(required(each)), depth);
      if (item) this.#fill(required(item), members, depth, count);
    }
  }

  /** The first of several things that can end; far inside, the one that ends soonest. */
  #choose<T>(items: readonly T[], heightOf: (item: T) => number, depth: number): T | undefined {
    const heights = items.map(heightOf);
    const lowest = Math.min(...heights);
    const index = heights.findIndex((height) => (depth < maxFreeDepth ? height < Infinity : height === lowest));
    return items[Math.max(index, 0)];
  }

  #element(node: ElementNode, depth: number): unknown {
    const preset = node.fixed ?? this.#preset(node.type, node.default);
    if (preset !== undefined) return preset;
    const type = findType(this.#types, node.type);
    if (type?.kind !== "complex") {
      return node.nillable && depth > 0 ? null : exampleValue(this.#types, node.type);
    }
    const isEndless = this.#heights.ofType(node.type) === Infinity;
    if (node.nillable && (depth >= maxFreeDepth || isEndless)) return null;
    if (++this.#elements > limits.elements || depth >= limits.depth || isEndless) return {};
    return this.#complex(node.type, type, depth + 1);
  }

  #complex(name: QName, type: ComplexType, depth: number): unknown {
    if (type.arrayOf) return this.#array(type, type.arrayOf, depth);
    if (type.abstract) {
      const derived = this.#choose(this.#heights.concrete(name), (each) => this.#heights.ofType(each), depth);
      const chosen = derived === undefined ? null : findType(this.#types, derived);
      if (chosen?.kind !== "complex") return {};
      return { "@xsi:type": this.#typeName(derived!), ...(this.#complex(derived!, chosen, depth) as Members) };
    }
    const members = this.members(type.content, type.attributes, depth);
    return type.text ? { ...members, "#text": exampleValue(this.#types, type.text) } : members;
  }

  #array({ arrayRank = 1 }: ComplexType, item: QName, depth: number): unknown {
    const node: ElementNode = { kind: "element", name: "item", namespace: "", type: item, min: 0, max: null };
    let value = this.#element(node, depth);
    for (let dimension = 0; dimension < arrayRank; dimension++) value = [value];
    return value;
  }

  /** A default that is a value of its type. */
  #preset(type: QName, text: string | undefined): string | undefined {
    return text !== undefined && exampleValue(this.#types, type, text) === text ? text : undefined;
  }

  /** The local name if there is only one type of that name. */
  #typeName(name: QName): string {
    const local = localOf(name);
    return Object.keys(this.#types).filter((each) => localOf(each) === local).length === 1 ? local : name;
  }
}

/** A chosen item occurs, even if it's optional. An optional one without elements stays as it is. */
const required = (item: Particle): Particle =>
  item.min === 0 && (item.kind === "any" || listElements(item).length > 0) ? { ...item, min: 1 } : item;
