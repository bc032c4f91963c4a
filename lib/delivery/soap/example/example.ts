import { isAppError } from "#lib/platform/errors/app-error.ts";
import { findType } from "../builtin.ts";
import { sharedNames } from "../content/names.ts";
import type {
  AttributeNode,
  ComplexType,
  ElementNode,
  GroupNode,
  MessageBody,
  OperationNode,
  Particle,
  Types,
} from "../model.ts";
import { localOf, type QName, toQName } from "../names.ts";
import { define, isRequired, listElements, listValues, type Members, memberOf } from "../values.ts";
import { Budget } from "../xml/budget.ts";
import { measureTypes, type TypeHeights } from "./example-heights.ts";
import { exampleValue } from "./example-values.ts";

/** How deep an example takes the first choice. Below, it takes the one that ends soonest. */
const maxFreeDepth = 3;
/** How deep an example goes: types can require themselves again and again. */
const maxDepth = 100;
/** How many elements of an example have content: fewer in a large one. */
const sizes = [2000, 200, 20];
/** Values and characters of an example, and steps to find them. */
const maxSteps = 100_000;

/**
 * Makes arguments to begin with: what is required, with values that fit.
 * @throws AppError `wsdl_too_large` where even a small one must contain more than anybody can send
 */
export function makeExample(types: Types, { name, input }: Pick<OperationNode, "name" | "input">): Members {
  for (const size of sizes) {
    try {
      const work = new Budget(`the example of ${name}`, maxSteps);
      return new Example(types, size, work).body(input);
    } catch (err) {
      if (size === sizes.at(-1) || !isAppError(err) || err.code !== "wsdl_too_large") throw err;
    }
  }
  return {};
}

/** Where members are: how deep, and the local names that several of their elements have. */
type Place = { depth: number; shared: ReadonlySet<string> };

class Example {
  readonly #types: Types;
  readonly #heights: TypeHeights;
  readonly #maxElements: number;
  readonly #work: Budget;
  #elements = 0;

  constructor(types: Types, maxElements: number, work: Budget) {
    this.#types = types;
    this.#maxElements = maxElements;
    this.#work = work;
    this.#heights = measureTypes(types);
  }

  body({ content, attributes, type: name }: MessageBody): Members {
    const type = name === undefined ? null : findType(this.#types, name);
    const isAbstract = type?.kind === "complex" && type.abstract;
    return isAbstract ? (this.#complex(name!, type, 0) as Members) : this.#members(content, attributes, 0);
  }

  #members(content: GroupNode | null, attributes: AttributeNode[], depth: number): Members {
    const members: Members = {};
    const shared = sharedNames(attributes);
    for (const { name, namespace, required, fixed, default: preset, type } of attributes) {
      if (required)
        members[`@${shared.has(name) ? toQName(namespace, name) : name}`] = this.#text(
          fixed ?? this.#preset(type, preset) ?? this.#simple(type),
        );
    }
    if (content) this.#fill(content, members, { depth, shared: sharedNames(listElements(content)) }, 1);
    return members;
  }

  /** @param times how often a group around it must occur. */
  #fill(particle: Particle, members: Members, place: Place, times: number): void {
    const { depth, shared } = place;
    this.#work.take();
    if (particle.min === 0) return;
    const count = times * particle.min;
    if (particle.kind === "any") {
      this.#work.take(count);
      const xml = '<example xmlns="urn:example"/>';
      members["#any"] = count > 1 ? Array.from({ length: count }, () => xml) : xml;
    } else if (particle.kind === "element") {
      const isList = particle.max === null || particle.max > 1 || count > 1;
      const before = this.#work.used;
      const value = this.#element(particle, depth);
      // The items are the same value, but each is written.
      this.#work.take((count - 1) * (1 + this.#work.used - before));
      const key = shared.has(particle.name) ? toQName(particle.namespace, particle.name) : particle.name;
      const known = listValues(memberOf(members, key));
      const values = Array.from({ length: count }, () => value);
      define(members, key, isList || known.length > 0 ? [...known, ...values] : value);
    } else if (particle.kind !== "choice") {
      for (const item of particle.items) if (isRequired(item)) this.#fill(item, members, place, count);
    } else {
      const item = this.#choose(particle.items, (each) => this.#heights.ofParticle(required(each)), depth);
      if (item) this.#fill(required(item), members, place, count);
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
    if (preset !== undefined) return this.#text(preset);
    const type = findType(this.#types, node.type);
    if (type?.kind !== "complex") {
      return node.nillable && depth > 0 ? null : this.#text(this.#simple(node.type));
    }
    const isEndless = this.#heights.ofType(node.type) === Infinity;
    if (node.nillable && (depth >= maxFreeDepth || isEndless)) {
      const nil = this.#members(null, type.attributes, depth);
      return Object.keys(nil).length === 0 ? null : { "@xsi:nil": true, ...nil };
    }
    if (++this.#elements > this.#maxElements || depth >= maxDepth || isEndless) return {};
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
    const members = this.#members(type.content, type.attributes, depth);
    return type.text ? { ...members, "#text": this.#text(this.#simple(type.text)) } : members;
  }

  #array({ arrayRank = 1 }: ComplexType, item: QName, depth: number): unknown {
    const node: ElementNode = { kind: "element", name: "item", namespace: "", type: item, min: 0, max: null };
    let value = this.#element(node, depth);
    for (let dimension = 0; dimension < arrayRank; dimension++) value = [value];
    return value;
  }

  #simple(type: QName, wanted?: string): string {
    return exampleValue(this.#types, type, this.#work, wanted);
  }

  #text(text: string): string {
    this.#work.take(text.length);
    return text;
  }

  /** A default that is a value of its type. */
  #preset(type: QName, text: string | undefined): string | undefined {
    return text !== undefined && this.#simple(type, text) === text ? text : undefined;
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
