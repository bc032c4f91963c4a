import { ns } from "../names.ts";
import { attribute, childrenNamed, type Element } from "../xml/elements.ts";

/** Tells the operations of one name in a binding apart. */
export type Overloads = {
  /** The operation of the port type that an operation of the binding is about; the candidates have its name. */
  match(bound: Element, candidates: readonly Element[]): Element | null;
  /** The name by which an operation of the binding is called, which is unique in its port. */
  nameFor(bound: Element): string;
};

/**
 * Matches overloaded operations of a binding and its port type: by the names of input and output (WSDL 1.1 sections 2.4.5 and 2.5), or
 * else in their order. The first one has the operation's name, and others have that of their input beside it.
 */
export function createOverloads(): Overloads {
  const taken = new Set<Element>();
  const used = new Set<string>();
  const inputs = new Map<Element, string>();
  const names = new Map<Element, string>();
  return {
    match(bound, candidates) {
      const free = candidates.filter((each) => !taken.has(each));
      const found =
        free.find((each) => isSame(bound, each)) ??
        free.find((each) => fits(bound, each)) ??
        free[0] ??
        candidates[0] ??
        null;
      if (found) {
        taken.add(found);
        inputs.set(bound, nameOfSide(found, "input") ?? "");
      }
      return found;
    },
    nameFor(bound) {
      const known = names.get(bound);
      if (known !== undefined) return known;
      const name = attribute(bound, "name") ?? "";
      const input = inputs.get(bound) || nameOfSide(bound, "input");
      const choices = [name, ...(input ? [`${name} (${input})`] : [])];
      let chosen = choices.find((each) => !used.has(each));
      for (let count = 2; chosen === undefined; count++) {
        if (!used.has(`${name} (${count})`)) chosen = `${name} (${count})`;
      }
      used.add(chosen);
      names.set(bound, chosen);
      return chosen;
    },
  };
}

const sides = ["input", "output"] as const;

/** Whether both give the same names to input and output, or none. */
function isSame(bound: Element, operation: Element): boolean {
  return sides.every((side) => nameOfSide(bound, side) === nameOfSide(operation, side));
}

/** Whether the names that a binding gives, if any, are those of an operation. */
function fits(bound: Element, operation: Element): boolean {
  return sides.every((side) => {
    const given = nameOfSide(bound, side);
    return given === null || given === (nameOfSide(operation, side) ?? defaultName(operation, side));
  });
}

function nameOfSide(operation: Element, side: "input" | "output"): string | null {
  const [found] = childrenNamed(operation, ns.wsdl, side);
  return found ? attribute(found, "name") : null;
}

/** WSDL 1.1 section 2.4.5. */
function defaultName(operation: Element, side: "input" | "output"): string {
  const name = attribute(operation, "name") ?? "";
  const isOneWay = childrenNamed(operation, ns.wsdl, "output").length === 0;
  return side === "output" ? `${name}Response` : isOneWay ? name : `${name}Request`;
}
