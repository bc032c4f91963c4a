import type { ComplexType } from "../model.ts";
import { isMembers, listValues, memberOf } from "../values.ts";

/** The items of a SOAP-encoded array in their order, each with its place, and its size in each dimension. */
type ArrayItems = { items: { path: string; value: unknown }[]; sizes: number[] };

/** Reads the value of a SOAP-encoded array: a list, or lists of lists for more dimensions. What doesn't fit is a problem at its place. */
export function readArray(
  { arrayRank = 1 }: ComplexType,
  value: unknown,
): ArrayItems | { path: string; problem: string } {
  const sizes: number[] = [];
  let level: ArrayItems["items"] = [{ path: "", value }];
  for (let dimension = 0; dimension < arrayRank; dimension++) {
    const next: ArrayItems["items"] = [];
    for (const { path, value: each } of level) {
      const entries = Array.isArray(each) ? each : isMembers(each) ? listValues(memberOf(each, "item")) : null;
      if (entries === null) return { path, problem: "must be a list." };
      sizes[dimension] ??= entries.length;
      const size = sizes[dimension];
      if (entries.length !== size) {
        return {
          path,
          problem: `must have ${size} items, as many as the list before it; ${entries.length} are given.`,
        };
      }
      next.push(...entries.map((entry, index) => ({ path: `${path}[${index}]`, value: entry })));
    }
    sizes[dimension] ??= 0;
    level = next;
  }
  return { items: level, sizes };
}
