import fc from "fast-check";
import { xsd } from "#lib/delivery/soap/builtin.ts";
import { isInteger } from "#lib/delivery/soap/lexical.ts";
import type {
  AttributeNode,
  ComplexType,
  ElementNode,
  GroupNode,
  MessageBody,
  Particle,
  Types,
} from "#lib/delivery/soap/model.ts";
import { type QName, toQName } from "#lib/delivery/soap/names.ts";
import { listElements, requireType } from "#lib/delivery/soap/values.ts";
import { nameType } from "../content/xsi-type.ts";
import { findLexicalProblem } from "../value-space/find-lexical-problem.ts";
import { Budget } from "../xml/budget.ts";
import { measureTypes } from "./example-heights.ts";
import { exampleValue } from "./example-values.ts";

// Arguments made up from the description of an operation.

type Members = Record<string, unknown>;
const members = (parts: fc.Arbitrary<Members>[]): fc.Arbitrary<Members> =>
  fc.tuple(...parts).map((each) => Object.fromEntries(each.flatMap((some) => Object.entries(some))));

const text = fc.string({ unit: fc.constantFrom(..."aZ09 <>&\"']é€😀\n\t\r-".split(/(?:)/u)), maxLength: 12 });

/** Values of many types. Those that fit a type are used. */
const someValues = [
  "",
  " ",
  "a",
  " a  b ",
  "AB-1234",
  "123456789",
  "en-US",
  "0",
  "-1",
  "2",
  "127",
  "65535",
  "-2147483648",
  "18446744073709551615",
  "1.5",
  "-0.000001",
  "123456789012345678.000001",
  "1e-7",
  "-INF",
  "NaN",
  "true",
  "2026-05-01",
  "2024-02-29Z",
  "2026-05-01T00:00:00.5+02:00",
  "2026-04-30T22:00:00Z",
  "08:00:00",
  "P1DT2H",
  "PT59.9S",
  "-P1M",
  "2026",
  "2026-05",
  "--02-29",
  "0aFF",
  "SGVsbG8=",
  "urn:a",
  "1 2 3",
  "mon tue",
  "EUR",
];

function arbitraryValue(types: Types, name: QName): fc.Arbitrary<unknown> {
  const type = requireType(types, name);
  if (type.kind !== "simple") return fc.constant("a");
  if (type.base === "string" && !type.facets && !type.enumeration && !type.listOf && !type.unionOf) return text;
  if (type.base === "QName") return fc.constantFrom("{urn:a}b", "b");
  const fits = (value: string) =>
    findLexicalProblem(types, type, value) === null &&
    (type.base === "string" || value === value.trim().replace(/ +/g, " "));
  const known = [...(type.enumeration ?? []), ...someValues].filter(fits);
  const all = [...known, exampleValue(types, name, new Budget("an example", 100_000))];
  if (type.base === "boolean") return fc.boolean();
  const isNumber = isInteger(type.base) || ["decimal", "double", "float"].includes(type.base);
  const read = (value: string) =>
    isNumber && value !== "NaN" && String(Number(value)) === value ? Number(value) : value;
  return fc.constantFrom(...all.map(read));
}

function arbitraryAttributes(types: Types, attributes: readonly AttributeNode[]): fc.Arbitrary<Members>[] {
  return attributes.map((each) => {
    const isShared = attributes.some(({ name, namespace }) => name === each.name && namespace !== each.namespace);
    const key = `@${isShared ? toQName(each.namespace, each.name) : each.name}`;
    const value = each.fixed === undefined ? arbitraryValue(types, each.type) : fc.constant(each.fixed);
    const given = value.map((text): Members => ({ [key]: String(text) }));
    return each.required ? given : fc.oneof(fc.constant({}), given);
  });
}

function arbitraryElement(types: Types, node: ElementNode, depth: number): fc.Arbitrary<unknown> {
  if (node.fixed !== undefined) return fc.constant(node.fixed);
  const type = requireType(types, node.type);
  const isNil = type.kind === "simple" || !type.attributes.some(({ required }) => required);
  const value = type.kind === "simple" ? arbitraryValue(types, node.type) : arbitraryComplex(types, node, type, depth);
  return node.nillable && isNil ? fc.oneof({ weight: 3, arbitrary: value }, fc.constant(null)) : value;
}

function arbitraryComplex(types: Types, node: ElementNode, type: ComplexType, depth: number): fc.Arbitrary<unknown> {
  if (type.arrayOf) {
    const item: ElementNode = { ...node, type: type.arrayOf, nillable: false };
    const isFlat = (type.arrayRank ?? 1) === 1;
    const items = fc.array(arbitraryElement(types, item, depth + 1), { minLength: isFlat ? 0 : 1, maxLength: 3 });
    return !isFlat ? items.map((row) => [row, row]) : items;
  }
  if (node.type === xsd("anyType")) return fc.constantFrom("a", "b c");
  if (type.abstract) {
    const [name, derived] = Object.entries(types).find(
      ([, each]) => each.kind === "complex" && each.derivedFrom === node.type,
    )!;
    return members([
      fc.constant({ "@xsi:type": nameType(name, node.type) }),
      arbitraryMembers(types, derived as ComplexType, depth + 1),
    ]);
  }
  return arbitraryMembers(types, type, depth + 1);
}

function arbitraryMembers(
  types: Types,
  { attributes, content, text: textType }: Pick<ComplexType, "attributes" | "content" | "text">,
  depth: number,
): fc.Arbitrary<Members> {
  const given = arbitraryAttributes(types, attributes);
  if (textType) given.push(arbitraryValue(types, textType).map((each) => ({ "#text": each })));
  else if (content)
    given.push(arbitraryEntries(types, content, depth, false).map((entries) => collect(content, entries)));
  return members(given);
}

/** A value of an element, in the order of the document. */
type Entry = { node: ElementNode; value: unknown; isRepeated: boolean };

/** @param isRepeated whether a group around it can repeat. */
function arbitraryEntries(types: Types, particle: Particle, depth: number, isRepeated: boolean): fc.Arbitrary<Entry[]> {
  if (particle.kind === "any" || (particle.min === 0 && depth > 4)) return fc.constant([]);
  const most = Math.max(particle.min, Math.min(particle.max ?? 3, depth > 2 ? 1 : 3));
  const repeats = isRepeated || particle.max !== 1;
  const times = (each: fc.Arbitrary<Entry[]>) =>
    fc.array(each, { minLength: particle.min, maxLength: most }).map((lists) => lists.flat());
  if (particle.kind === "element") {
    return times(
      arbitraryElement(types, particle, depth).map((value) => [{ node: particle, value, isRepeated: repeats }]),
    );
  }
  if (particle.kind !== "choice") {
    const items = particle.items.map((item) => arbitraryEntries(types, item, depth, repeats));
    return times(fc.tuple(...items).map((lists) => lists.flat()));
  }
  const { ofParticle } = measureTypes(types);
  const lowest = Math.min(...particle.items.map(ofParticle));
  const open = particle.items.filter((item) => depth < 3 || ofParticle(item) === lowest);
  return open.length === 0
    ? fc.constant([])
    : times(fc.oneof(...open.map((item) => arbitraryEntries(types, item, depth, repeats))));
}

/** Members, and their order where the content leaves it open. */
function collect(content: GroupNode, entries: readonly Entry[]): Members {
  const nodes = listElements(content);
  const keyOf = ({ name, namespace }: ElementNode) =>
    nodes.some((other) => other.name === name && other.namespace !== namespace) ? toQName(namespace, name) : name;
  const byKey = Map.groupBy(entries, ({ node }) => keyOf(node));
  const found = [...byKey].map(([key, those]): [string, unknown] => {
    const isList = those.length > 1 || those[0]!.isRepeated;
    return [key, isList ? those.map(({ value }) => value) : those[0]!.value];
  });
  const isOpen = entries.some(({ isRepeated }) => isRepeated) || new Set(nodes.map(keyOf)).size < nodes.length;
  const order = isOpen && entries.length > 1 ? [["#order", entries.map(({ node }) => keyOf(node))]] : [];
  return Object.fromEntries([...found, ...order]) as Members;
}

/** Arguments of an operation. */
export function arbitraryArguments(
  types: Types,
  { content, attributes, type: name }: MessageBody,
): fc.Arbitrary<Members> {
  const type = name === undefined ? null : requireType(types, name);
  if (type?.kind !== "complex" || !type.abstract) return arbitraryMembers(types, { content, attributes }, 0);
  const node: ElementNode = { kind: "element", name: "", namespace: "", type: name!, min: 1, max: 1 };
  return arbitraryComplex(types, node, type, 0) as fc.Arbitrary<Members>;
}

/** Data without the orders of elements. */
export function withoutOrder(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data), (key, value: unknown) => (key === "#order" ? undefined : value));
}

/** Arguments with something removed, repeated, emptied, or set to null or to another value. */
export function arbitraryMutation(args: Members): fc.Arbitrary<Members> {
  const places: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (path.length > 0) places.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const [key, each] of Object.entries(value))
      if (key !== "#order") walk(each, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(args, []);
  if (places.length === 0) return fc.constant(args);
  const changes = fc.constantFrom<((value: unknown) => unknown)[]>(
    () => undefined,
    () => null,
    () => "",
    () => "zz",
    () => 0,
    () => "2026-05-01",
    () => ({}),
    () => [],
    (value) => [value, value],
    (value) => (Array.isArray(value) ? value.slice(1) : [value]),
    (value) => (Array.isArray(value) ? [...value, ...value] : value),
    (value) => (Array.isArray(value) ? value[0] : `${String(value)}1`),
  );
  return fc.tuple(fc.constantFrom(...places), changes).map(([path, change]) => {
    const copy = structuredClone(args);
    let at = copy as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as typeof at;
    const last = path.at(-1)!;
    const value = change(at[last]);
    if (value !== undefined)
      Object.defineProperty(at, last, { value, enumerable: true, configurable: true, writable: true });
    else if (Array.isArray(at)) at.splice(last as number, 1);
    else delete at[last];
    return copy;
  });
}
