import type { ElementNode, GroupNode, Particle } from "../model.ts";
import { isRequired, listElements, listValues, type Members, memberOf } from "../values.ts";
import type { Budget } from "../xml/budget.ts";
import { keyOf } from "./names.ts";

/** An element with its value, or the XML of `#any`, in the order in which it's written. */
export type Placed = { node: ElementNode; key: string; value: unknown } | { any: unknown[] };
/** Whether one value of an element is a list. */
export type TakesList = (node: ElementNode) => boolean;
/** The values that go to the elements of a content. */
export type Assigned = { values: ReadonlyMap<ElementNode, unknown>; any: unknown };

/** Decides which element of a content each member goes to. */
export function assign(content: GroupNode | null, members: Members): Assigned {
  const values = new Map<ElementNode, unknown>();
  const places = new Map<string, Place[]>();
  if (content && Object.keys(members).some((key) => !key.startsWith("@"))) {
    for (const place of listPlaces(content, members, countNames(content, members), false)) {
      const key = keyOf(place.node, members);
      const known = places.get(key);
      if (known) known.push(place);
      else places.set(key, [place]);
    }
  }
  for (const [key, those] of places) distribute(memberOf(members, key), those, values);
  return { values, any: memberOf(members, "#any") };
}

/** Whether anything goes to a particle. */
export function isAssigned(particle: Particle, assigned: Assigned): boolean {
  if (particle.kind === "element") return assigned.values.has(particle);
  if (particle.kind === "any") return assigned.any !== undefined;
  return particle.items.some((item) => isAssigned(item, assigned));
}

type Place = { node: ElementNode; isRepeated: boolean };
type Counts = ReadonlyMap<string, number>;

/** How often the elements of members occur in a content. */
function countNames(particle: Particle, members: Members): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of listElements(particle)) {
    const key = keyOf(node, members);
    if (memberOf(members, key) !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The elements of a content, of a choice only those of the branch that members mean. */
function listPlaces(particle: Particle, members: Members, all: Counts, isRepeated: boolean): Place[] {
  if (particle.kind === "any") return [];
  const repeats = isRepeated || particle.max === null || particle.max > 1;
  if (particle.kind === "element") return [{ node: particle, isRepeated }];
  const items = particle.kind === "choice" && !repeats ? chooseBranches(particle, members, all) : particle.items;
  return items.flatMap((item) => listPlaces(item, members, all, repeats));
}

/** The branch that has all members given for a choice; all that have some of them if there is none, which is a mistake. */
function chooseBranches(choice: GroupNode, members: Members, all: Counts): Particle[] {
  const own = countNames(choice, members);
  if (own.size === 0) return choice.items;
  // A name that also occurs outside of the choice doesn't decide, unless nothing else does.
  const decisive = [...own.keys()].filter((key) => own.get(key) === all.get(key));
  const wanted = decisive.length > 0 ? decisive : [...own.keys()];
  const branches = choice.items.map((item) => ({ item, names: countNames(item, members) }));
  const used = branches.filter(({ names }) => names.size > 0);
  const covering = used.filter(({ names }) => wanted.every((key) => names.has(key)));
  const complete = covering.find(({ item }) => isComplete(item, members));
  const chosen = complete ?? covering[0];
  return chosen ? [chosen.item] : used.map(({ item }) => item);
}

function isComplete(particle: Particle, members: Members): boolean {
  if (particle.min === 0 || particle.kind === "any") return true;
  if (particle.kind === "element") return memberOf(members, keyOf(particle, members)) !== undefined;
  const check = (item: Particle) => isComplete(item, members);
  return particle.kind === "choice" ? particle.items.some(check) : particle.items.every(check);
}

/** Gives the values of a name that occurs at several places to them in order, so many that enough is left for the others. */
function distribute(value: unknown, places: readonly Place[], into: Map<ElementNode, unknown>): void {
  if (value === undefined) return;
  const [first] = places;
  if (places.length === 1) return void into.set(first!.node, value);
  if (!Array.isArray(value)) {
    const isTemplate = typeof value === "string" && /\{[{%]/.test(value);
    const required = places.find(({ node }) => node.min > 0) ?? first!;
    for (const { node } of isTemplate ? places : [required]) into.set(node, value);
    return;
  }
  let at = 0;
  let reserved = places.reduce((sum, { node }) => sum + node.min, 0);
  for (const [index, { node, isRepeated }] of places.entries()) {
    const isLast = index === places.length - 1;
    const rest = value.length - at;
    reserved -= node.min;
    const room = isRepeated || node.max === null ? rest : node.max;
    const count = isLast ? rest : Math.min(room, Math.max(node.min, rest - reserved), rest);
    const own = value.slice(at, at + count);
    at += count;
    if (count > 0) into.set(node, count === 1 && !isRepeated && node.max === 1 ? own[0] : own);
  }
}

/** The values of members in the order in which they're written if `#order` gives no other one. */
export function arrange(
  content: GroupNode | null,
  members: Members,
  takesList: TakesList,
  work: Budget | null = null,
): Placed[] {
  if (!content) return [];
  const assigned = assign(content, members);
  const arranger = new Arranger(members, takesList, work);
  return arranger.place(content, assigned);
}

class Arranger {
  readonly #members: Members;
  readonly #takesList: TakesList;
  readonly #work: Budget | null;
  #isAnyPlaced = false;

  constructor(members: Members, takesList: TakesList, work: Budget | null) {
    this.#members = members;
    this.#takesList = takesList;
    this.#work = work;
  }

  place(particle: Particle, assigned: Assigned): Placed[] {
    if (particle.kind === "any") return this.#any(assigned);
    if (particle.kind === "element") return this.#element(particle, assigned);
    if (particle.min === 0 && !isAssigned(particle, assigned)) return [];
    const isRepeated = particle.max === null || particle.max > 1;
    if (particle.kind !== "choice")
      return isRepeated ? this.#rounds(particle, assigned) : this.#all(particle, assigned);
    return particle.items
      .filter((item) => isAssigned(item, assigned))
      .flatMap((item) =>
        isRepeated && item.kind !== "element" && item.kind !== "any"
          ? this.#rounds(item, assigned)
          : this.place(item, assigned),
      );
  }

  #all(group: GroupNode, assigned: Assigned): Placed[] {
    return group.items.flatMap((item) => this.place(item, assigned));
  }

  /** All of it where the schema has room first. */
  #any({ any }: Assigned): Placed[] {
    if (this.#isAnyPlaced || any === undefined) return [];
    this.#isAnyPlaced = true;
    return [{ any: listValues(any) }];
  }

  #element(node: ElementNode, { values }: Assigned): Placed[] {
    const key = keyOf(node, this.#members);
    const value = values.get(node);
    if (value === undefined) {
      const preset = node.fixed ?? node.default;
      return preset !== undefined && isRequired(node) ? [{ node, key, value: preset }] : [];
    }
    if (!Array.isArray(value) || (node.max === 1 && this.#takesList(node))) return [{ node, key, value }];
    return value.map((each) => ({ node, key, value: each }));
  }

  /** A repeated group is written turn by turn: so many of each as fit into one turn, and what is left over in the last one. */
  #rounds(group: GroupNode, { values, any }: Assigned): Placed[] {
    const elements = listElements(group);
    const lists = elements
      .filter((node) => values.has(node))
      .map((node) => ({ node, list: listValues(values.get(node)), size: node.max ?? 1 }));
    const bounded = lists.filter(({ node }) => node.max !== null);
    const counted = bounded.length > 0 ? bounded : lists;
    const turns = counted.reduce((most, { list, size }) => Math.max(most, Math.ceil(list.length / size)), 1);
    this.#work?.take(turns * elements.length);
    return Array.from({ length: turns }, (_, turn) => {
      const chunks = lists.map(({ node, list, size }): [ElementNode, unknown[]] => {
        const isRest = node.max === null && turn === turns - 1;
        return [node, list.slice(turn * size, isRest ? undefined : (turn + 1) * size)];
      });
      const given = chunks.filter(([, chunk]) => chunk.length > 0);
      const these = given.map(([node, chunk]): [ElementNode, unknown] => [node, node.max === 1 ? chunk[0] : chunk]);
      return this.#turn(group, { values: new Map(these), any });
    }).flat();
  }

  #turn(group: GroupNode, assigned: Assigned): Placed[] {
    return group.kind === "choice" ? this.place({ ...group, max: 1 }, assigned) : this.#all(group, assigned);
  }
}
