import type { ElementNode, GroupNode, Particle } from "../model.ts";
import { toQName } from "../names.ts";
import { listElements, listValues, type Members, memberOf } from "../values.ts";
import type { Placed, TakesList } from "./arrange.ts";
import { isNameOf, keyOf } from "./names.ts";

/** A value by its member's name; `index` is null for the only one. */
type Item = { key: string; value: unknown; index: number | null };

/** Values in the order that `#order` gives, or why they don't have it. */
type Ordered = { placed: (Placed & { index: number | null })[] } | { problem: string };

/** Puts the values of members in the order of `#order`, a list of member names with one entry for each value. */
export function arrangeByOrder(content: GroupNode | null, members: Members, takesList: TakesList): Ordered {
  const order = memberOf(members, "#order");
  if (!Array.isArray(order) || !order.every((each): each is string => typeof each === "string")) {
    return { problem: "must be a list of member names." };
  }
  const waiting = collectItems(content, members, takesList);
  const items: Item[] = [];
  for (const key of order) {
    const item = waiting.get(key)?.shift();
    if (!item) return { problem: `names ${key} more often than there are values of it.` };
    items.push(item);
  }
  for (const [key, rest] of waiting) {
    if (rest.length > 0) return { problem: `needs ${key} once for each of its values.` };
  }
  const matcher = new Matcher(items);
  if (content && matcher.match(content) && matcher.isDone) return { placed: matcher.placed };
  return { problem: "isn't an order that the schema allows." };
}

function collectItems(content: GroupNode | null, members: Members, takesList: TakesList): Map<string, Item[]> {
  const nodes = new Map(listElements(content).map((node) => [keyOf(node, members), node]));
  const isOne = (node: ElementNode | undefined) => node !== undefined && node.max === 1 && takesList(node);
  const found = new Map<string, Item[]>();
  for (const [key, value] of Object.entries(members)) {
    if (value === undefined || key.startsWith("@") || (key.startsWith("#") && key !== "#any")) continue;
    const isList = Array.isArray(value) && !isOne(nodes.get(key));
    const values = isList ? value : listValues(isOne(nodes.get(key)) ? [value] : value);
    found.set(
      key,
      values.map((each, index) => ({ key, value: each, index: isList ? index : null })),
    );
  }
  return found;
}

/** More steps than any message takes. A schema whose content is ambiguous could take far more. */
const maxSteps = 1_000_000;

/** Matches values with a content (XML Schema part 1 section 3.8). A valid content never needs to look ahead. */
class Matcher {
  readonly placed: (Placed & { index: number | null })[] = [];
  readonly #items: readonly Item[];
  #at = 0;
  #steps = 0;

  constructor(items: readonly Item[]) {
    this.#items = items;
  }

  get isDone(): boolean {
    return this.#at === this.#items.length;
  }

  /** Whether the steps didn't suffice. */
  get isExhausted(): boolean {
    return this.#steps > maxSteps;
  }

  match(particle: Particle): boolean {
    for (let count = 0; particle.max === null || count < particle.max; count++) {
      const start = this.#at;
      const isMatch = this.#once(particle);
      if (isMatch && this.#at > start) continue;
      if (!isMatch) this.#reset(start);
      return isMatch || count >= particle.min;
    }
    return true;
  }

  #reset(at: number): void {
    this.#at = at;
    this.placed.length = at;
  }

  #once(particle: Particle): boolean {
    if (++this.#steps > maxSteps) return false;
    if (particle.kind === "any") return this.#take((key) => key === "#any", null);
    if (particle.kind === "element") return this.#take((key) => isNameOf(particle, key), particle);
    if (particle.kind === "choice") return this.#choose(particle.items);
    return particle.kind === "all"
      ? this.#inAnyOrder(particle.items)
      : particle.items.every((item) => this.match(item));
  }

  #take(isMeant: (key: string) => boolean, node: ElementNode | null): boolean {
    const item = this.#items[this.#at];
    if (!item || !isMeant(item.key)) return false;
    const { key, value, index } = item;
    this.placed.push(node ? { node, key, value, index } : { any: [value], index });
    this.#at++;
    return true;
  }

  /** A branch that takes something, or else one that needs nothing. */
  #choose(items: readonly Particle[]): boolean {
    const start = this.#at;
    let isEmptyAllowed = items.length === 0;
    for (const item of items) {
      const isMatch = this.match(item);
      if (isMatch && this.#at > start) return true;
      isEmptyAllowed ||= isMatch;
      this.#reset(start);
    }
    return isEmptyAllowed;
  }

  #inAnyOrder(items: readonly Particle[]): boolean {
    const left = new Set(items);
    for (let isMoving = true; isMoving; ) {
      isMoving = false;
      for (const item of left) {
        const start = this.#at;
        if (!this.match(item)) this.#reset(start);
        if (this.#at === start) continue;
        left.delete(item);
        isMoving = true;
      }
    }
    return [...left].every((item) => item.min === 0 || this.match(item));
  }
}

/** Whether a content allows elements in the order in which they're placed. */
export function fitsContent(content: GroupNode, placed: readonly Placed[]): boolean {
  const items = placed.flatMap((each): Item[] =>
    "any" in each
      ? each.any.map((value) => ({ key: "#any", value, index: null }))
      : [{ key: toQName(each.node.namespace, each.node.name), value: each.value, index: null }],
  );
  const matcher = new Matcher(items);
  return (matcher.match(content) && matcher.isDone) || matcher.isExhausted;
}

const openOrders = new WeakMap<GroupNode, boolean>();

/** Whether a content leaves the order of its elements open, so that members alone don't tell it. */
export function hasOpenOrder(content: GroupNode): boolean {
  const known = openOrders.get(content);
  if (known !== undefined) return known;
  const names = listElements(content).map(({ namespace, name }) => `${namespace} ${name}`);
  const isOpen = new Set(names).size < names.length || hasRepeatedGroup(content);
  openOrders.set(content, isOpen);
  return isOpen;
}

function hasRepeatedGroup(particle: Particle): boolean {
  if (particle.kind === "element" || particle.kind === "any") return false;
  const repeats = particle.max === null || particle.max > 1;
  return (repeats && listElements(particle).length > 1) || particle.items.some(hasRepeatedGroup);
}
