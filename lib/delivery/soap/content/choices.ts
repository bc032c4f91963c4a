import type { ElementNode, Particle } from "../model.ts";
import { listElements } from "../values.ts";

/** The elements that can be given, as a sentence. */
export function describeExpected(elements: readonly ElementNode[]): string {
  const names = [...new Set(elements.map(({ name }) => name))];
  if (names.length === 0) return "no elements are expected.";
  return `expected ${names.length > 15 ? `${names.slice(0, 15).join(", ")} …` : names.join(", ")}.`;
}

/** Particles by the names of their elements. */
export function listChoices(items: Particle[]): string {
  return items
    .map((item) =>
      item.kind === "any"
        ? "#any"
        : item.kind === "element"
          ? item.name
          : listElements(item)
              .map(({ name }) => name)
              .join(" and "),
    )
    .join(", ");
}
