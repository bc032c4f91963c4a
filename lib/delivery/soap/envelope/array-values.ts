import { ns, type QName } from "../names.ts";
import { type Element, resolveName } from "../xml/elements.ts";

/** An array that says it's larger than this keeps its items as they are. */
const maxPadded = 100_000;

/** What an array of a response says of itself (SOAP 1.1 section 5.4.2): `enc:arrayType="xsd:int[2,3]"`. */
export function readArrayType(element: Element): { item: QName | null; sizes: number[] } {
  const text = element.getAttributeNS(ns.encoding, "arrayType")?.replace(/\s+/g, "") ?? "";
  const [, name = "", inner = "", last = ""] = /^([^[\]]+)((?:\[[\d,]*\])*)\[([\d,]*)\]$/.exec(text) ?? [];
  const sizes = last === "" ? [] : last.split(",").map(Number);
  return { item: name !== "" && inner === "" ? resolveName(element, name) : null, sizes };
}

/** Puts the items of an array in their places: those of `offset` and `position`, and lists of lists for more dimensions. */
export function arrangeArray(array: Element, items: Element[], values: unknown[], sizes: number[]): unknown[] {
  const offset = readPlace(array.getAttributeNS(ns.encoding, "offset"), sizes) ?? 0;
  const places = items.map((item) => readPlace(item.getAttributeNS(ns.encoding, "position"), sizes));
  const isSparse = offset > 0 || places.some((place) => place !== null);
  const placed = isSparse ? place(values, places, offset) : values;
  return sizes.length > 1 ? nest(placed, sizes) : placed;
}

function place(values: unknown[], places: (number | null)[], offset: number): unknown[] {
  const found: unknown[] = [];
  let next = offset;
  for (const [index, value] of values.entries()) {
    const at = places[index] ?? next;
    if (at > maxPadded) return values;
    while (found.length < at) found.push(null);
    found[at] = value;
    next = at + 1;
  }
  return found;
}

/** `[1,2]` as an index into all items. */
function readPlace(text: string | null, sizes: number[]): number | null {
  const [, indexes] = /^\s*\[([\d,\s]+)\]\s*$/.exec(text ?? "") ?? [];
  if (indexes === undefined) return null;
  const given = indexes.split(",").map(Number);
  return given.reduce((sum, index, dimension) => sum * (dimension === 0 ? 1 : (sizes[dimension] ?? 1)) + index, 0);
}

function nest(values: unknown[], sizes: number[]): unknown[] {
  const all = sizes.reduce((product, size) => product * size, 1);
  if (all < values.length || all > maxPadded || sizes.includes(0)) return values;
  const filled = [...values, ...Array.from({ length: all - values.length }, () => null)];
  return sizes.slice(1).reduceRight<unknown[]>((items, size) => chunk(items, size), filled);
}

function chunk(items: unknown[], size: number): unknown[][] {
  return Array.from({ length: items.length / size }, (_, at) => items.slice(at * size, (at + 1) * size));
}
