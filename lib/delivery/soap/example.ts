import { isAppError } from "#lib/platform/errors/app-error.ts";
import { Budget } from "./budget.ts";
import { findType } from "./builtin.ts";
import { exampleOf } from "./lexical.ts";
import type { AttributeNode, ComplexType, ElementNode, GroupNode, OperationNode, Particle, Types } from "./model.ts";
import type { QName } from "./names.ts";
import { arrayContent, isRequired, type Members } from "./values.ts";

/** How deep an example goes, as types may hold themselves; a large one goes less deep. */
const depths = [12, 6, 3];
/** Values and characters of an example. */
const maxSteps = 100_000;
/** A union can lead to unions, even to itself. */
const maxUnions = 20;

/**
 * Arguments to begin with: what is required, with values that fit.
 * @throws AppError `wsdl_too_large` where even the first levels must hold more than anybody can send
 */
export function makeExample(types: Types, { name, input }: Pick<OperationNode, "name" | "input">): Members {
  for (const depth of depths) {
    try {
      const work = new Budget(`the example of ${name}`, maxSteps);
      return new Example(types, depth, work).members(input.content, input.attributes, 0);
    } catch (err) {
      if (depth === depths.at(-1) || !isAppError(err) || err.code !== "wsdl_too_large") throw err;
    }
  }
  return {};
}

class Example {
  readonly #types: Types;
  readonly #maxDepth: number;
  readonly #work: Budget;

  constructor(types: Types, maxDepth: number, work: Budget) {
    this.#types = types;
    this.#maxDepth = maxDepth;
    this.#work = work;
  }

  members(content: GroupNode | null, attributes: AttributeNode[], depth: number): Members {
    const members: Members = {};
    for (const { name, required, fixed, default: preset, type } of attributes) {
      if (required) members[`@${name}`] = this.#text(fixed ?? preset ?? this.#simple(type));
    }
    if (content) this.#fill(content, members, depth);
    return members;
  }

  #fill(particle: Particle, members: Members, depth: number): void {
    this.#work.take();
    if (particle.min === 0 || particle.kind === "any") return;
    if (particle.kind === "element") {
      const before = this.#work.used;
      const value = this.#element(particle, depth);
      const times = Math.max(1, particle.min);
      // The items are the same value, but each is written.
      this.#work.take((times - 1) * (1 + this.#work.used - before));
      const isList = particle.max === null || particle.max > 1;
      members[particle.name] = isList ? Array.from({ length: times }, () => value) : value;
      return;
    }
    const items = particle.kind === "choice" ? particle.items.slice(0, 1) : particle.items.filter(isRequired);
    for (const item of items) this.#fill(item.min === 0 ? { ...item, min: 1 } : item, members, depth);
  }

  #element(node: ElementNode, depth: number): unknown {
    const preset = node.fixed ?? node.default;
    if (preset !== undefined) return this.#text(preset);
    const type = findType(this.#types, node.type);
    if (type?.kind === "complex") return this.#complex(type, depth);
    return node.nillable && depth > 0 ? null : this.#text(this.#simple(node.type));
  }

  #complex(type: ComplexType, depth: number): unknown {
    if (depth >= this.#maxDepth) return {};
    if (type.arrayOf) return [this.#element({ ...arrayContent(type), nillable: false }, depth + 1)];
    const members = this.members(type.content, type.attributes, depth + 1);
    return type.text ? { ...members, "#text": this.#text(this.#simple(type.text)) } : members;
  }

  #simple(name: QName, unions = 0): string {
    const type = findType(this.#types, name);
    if (type?.kind !== "simple") return "";
    const other = type.unionOf?.[0] ?? type.listOf;
    return other && !type.enumeration && unions < maxUnions ? this.#simple(other, unions + 1) : exampleOf(type);
  }

  #text(text: string): string {
    this.#work.take(text.length);
    return text;
  }
}
