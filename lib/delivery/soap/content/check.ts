import type {
  ArgumentProblem,
  AttributeNode,
  ComplexType,
  ElementNode,
  GroupNode,
  MessageBody,
  Particle,
  SimpleType,
  TypeNode,
  Types,
} from "../model.ts";
import { readArray } from "../types/arrays.ts";
import { isNilWithAttributes, isReservedAttribute, readAttributeKey } from "../types/attribute-names.ts";
import { isSameValue } from "../types/facets.ts";
import { findLexicalProblem } from "../value-space/find-lexical-problem.ts";
import {
  arrayContent,
  bodyOfValue,
  countAny,
  holdsAny,
  isMembers,
  isRequired,
  listElements,
  listValues,
  type Members,
  memberOf,
  requireType,
  simpleValue,
  takesList,
  toLexical,
  typeOfValue,
} from "../values.ts";
import { Budget } from "../xml/budget.ts";
import { findFragmentProblem } from "../xml/parse-xml.ts";
import { type Assigned, arrange, assign, isAssigned } from "./arrange.ts";
import { describeExpected, listChoices } from "./choices.ts";
import { attributeValue, findAttribute, keyOf, knownIn } from "./names.ts";
import { arrangeByOrder, fitsContent, hasOpenOrder } from "./order.ts";
import { isAnything, undeclaredElement } from "./undeclared.ts";

/** More are not told: the first ones say what to do. */
export const maxProblems = 100;
/** Steps of one check, about a tenth of a second, and how deep values nest. */
const maxSteps = 3_000_000;
const maxDepth = 200;

export type ValidateOptions = {
  /** Accepts texts with `{{` anywhere: they're validated after they're rendered. */
  templates: boolean;
};

/** `takesType` is whether `@xsi:type` can name another type. */
type Place = { path: string; anyAttribute: boolean; hasText: boolean; takesType: boolean };

/** Collects what doesn't fit while it walks through arguments and their types. */
export class Check {
  readonly problems: ArgumentProblem[] = [];
  readonly #types: Types;
  readonly #options: ValidateOptions;
  readonly #work = new Budget("checking the arguments", maxSteps);
  #depth = 0;

  constructor(types: Types, options: ValidateOptions) {
    this.#types = types;
    this.#options = options;
  }

  body(members: Members, body: MessageBody): undefined {
    const { content, attributes, anyAttribute, named } = bodyOfValue(this.#types, body, members);
    if (named?.problem) return this.#add("@xsi:type", named.problem);
    if (named?.type.kind === "complex" && named.type.abstract) return this.#add("", namesNoType);
    const place = { path: "", anyAttribute, hasText: false, takesType: named !== null };
    this.#members(members, content, attributes, place);
  }

  /** Header blocks that the binding describes. */
  headers(value: unknown, blocks: ElementNode[]): undefined {
    if (!isMembers(value)) return this.#add("#headers", "must be an object whose members are header blocks.");
    const place = { path: "#headers", anyAttribute: false, hasText: false, takesType: false };
    this.#members(value, { kind: "all", min: 1, max: 1, items: blocks }, [], place);
  }

  #members(members: Members, content: GroupNode | null, attributes: AttributeNode[], place: Place): undefined {
    this.#unknown(members, content, attributes, place);
    for (const attribute of attributes) this.#attribute(attribute, attributes, members, place.path);
    if (memberOf(members, "#order") !== undefined) this.#inOrder(content, members, place.path);
    else if (content) this.#unordered(content, members, place.path);
  }

  /** Members whose order follows from the schema: a repeated group needs values of all its elements each time. */
  #unordered(content: GroupNode, members: Members, path: string): undefined {
    const before = this.problems.length;
    this.#group(content, { assigned: assign(content, members), members }, path);
    const isOpen = this.problems.length === before && hasOpenOrder(content);
    if (!isOpen || Object.values(members).some((each) => this.#isTemplate(each))) return;
    const placed = arrange(content, members, (node) => takesList(this.#types, node), this.#work);
    if (!fitsContent(content, placed))
      this.#add(path, 'has values in numbers that the schema doesn\'t allow together. Give their order as "#order".');
  }

  #inOrder(content: GroupNode | null, members: Members, path: string): undefined {
    const ordered = arrangeByOrder(content, members, (node) => takesList(this.#types, node));
    if ("problem" in ordered) return this.#add(join(path, "#order"), ordered.problem);
    for (const each of ordered.placed) {
      if ("any" in each) continue;
      const at = join(path, each.key);
      this.#element(each.node, each.value, each.index === null ? at : `${at}[${each.index}]`);
    }
  }

  #unknown(members: Members, content: GroupNode | null, attributes: AttributeNode[], place: Place): undefined {
    const { elements, names: declared } = knownIn(content);
    this.#work.take(elements.length + Object.keys(members).length * (1 + attributes.length));
    for (const name of Object.keys(members)) {
      if (name.startsWith("@")) {
        const isReserved = name === "@xsi:type" ? place.takesType : isReservedAttribute(name);
        if (isReserved || findAttribute(attributes, name) !== null) continue;
        if (place.anyAttribute) this.#openAttribute(name, memberOf(members, name), place.path);
        else this.#add(join(place.path, name), "is no attribute of this element.");
      } else if (name === "#any") this.#any(members, content, place.path);
      else if (name === "#order" || (name === "#text" ? place.hasText : declared.has(name))) continue;
      else this.#add(join(place.path, name), `is not known here; ${describeExpected(elements)}`);
    }
  }

  #openAttribute(name: string, value: unknown, path: string): undefined {
    if (value === null || this.#isTemplate(value)) return;
    if (readAttributeKey(name) === null)
      this.#add(join(path, name), "isn't a valid attribute name. Write @name, @xml:lang, or @{namespace}name.");
    else if (name !== "@xml:lang" || value !== "")
      this.#simple({ kind: "simple", base: name === "@xml:lang" ? "language" : "string" }, value, join(path, name));
  }

  #any(members: Members, content: GroupNode | null, path: string): undefined {
    if (!holdsAny(content)) return this.#add(join(path, "#any"), "is not known here: no other elements may be added.");
    const values = listValues(memberOf(members, "#any"));
    const room = countAny(content!);
    if (values.length > room) this.#add(join(path, "#any"), `may hold ${room} elements; ${values.length} are given.`);
    for (const text of values) {
      if (typeof text !== "string") this.#add(join(path, "#any"), "must be XML as text.");
      else {
        const problem = this.#isTemplate(text) ? null : findFragmentProblem(text);
        if (problem) this.#add(join(path, "#any"), `is no XML: ${problem}.`);
      }
    }
  }

  #attribute(attribute: AttributeNode, all: AttributeNode[], members: Members, path: string): undefined {
    const { name, type, required, fixed } = attribute;
    const value = attributeValue(all, attribute, members);
    const at = join(path, `@${name}`);
    if (value === undefined || value === null) {
      if (required && fixed === undefined) this.#add(at, "is missing; the attribute is required.");
      return;
    }
    const node = requireType(this.#types, type);
    this.#simple(node.kind === "simple" ? node : { kind: "simple", base: "string" }, value, at, fixed);
  }

  #group(group: GroupNode, given: Given, path: string, isInRepeated = false): undefined {
    if (group.min === 0 && !isAssigned(group, given.assigned)) return;
    if (group.kind === "choice") return this.#choice(group, given, path, isInRepeated);
    const isRepeated = isInRepeated || group.max === null || group.max > 1;
    for (const item of group.items) this.#particle(item, given, path, isRepeated);
  }

  #choice(group: GroupNode, given: Given, path: string, isInRepeated: boolean): undefined {
    const used = group.items.filter((item) => isAssigned(item, given.assigned));
    const isOnce = group.max === 1;
    if (used.length === 0) {
      if (isRequired(group)) this.#add(path, `needs one of ${listChoices(group.items)}.`);
      return;
    }
    if (isOnce && used.length > 1) {
      const hint = isInRepeated
        ? ' each time. Give the order of all values as "#order".'
        : `; ${listChoices(used)} are given.`;
      this.#add(path, `may hold only one of ${listChoices(group.items)}${hint}`);
    }
    for (const item of used) this.#particle(item, given, path, isInRepeated || !isOnce);
  }

  /** @param isRepeated whether a group around it may be repeated, and with it everything inside. */
  #particle(particle: Particle, given: Given, path: string, isRepeated: boolean): undefined {
    const { assigned, members } = given;
    if (particle.kind === "any") {
      if (particle.min > 0 && assigned.any === undefined)
        this.#add(join(path, "#any"), "is missing: any element is needed here, as XML.");
      return;
    }
    if (particle.kind !== "element") return this.#group(particle, given, path, isRepeated);
    const value = assigned.values.get(particle);
    const at = join(path, keyOf(particle, members));
    if (value === undefined) {
      if (particle.min > 0 && particle.default === undefined && particle.fixed === undefined)
        this.#add(at, "is missing.");
      return;
    }
    if (this.#isTemplate(value)) return;
    const maxHere = isRepeated ? null : particle.max;
    const isOneList = maxHere === 1 && takesList(this.#types, particle);
    const values = isOneList ? [value] : listValues(value);
    if (Array.isArray(value) && maxHere === 1 && !isOneList)
      return this.#add(at, "may occur only once; a list is given.");
    if (maxHere !== null && maxHere > 1 && values.length > maxHere)
      this.#add(at, `may occur ${maxHere} times; ${values.length} are given.`);
    if (values.length < particle.min)
      this.#add(at, `must occur at least ${particle.min} times; ${values.length} are given.`);
    if (!Array.isArray(value) || isOneList) return this.#element(particle, value, at);
    for (const [index, each] of values.entries()) this.#element(particle, each, `${at}[${index}]`);
  }

  #element(node: ElementNode, value: unknown, path: string): undefined {
    if (this.problems.length >= maxProblems || this.#isTemplate(value)) return;
    if (value === null && !node.nillable) return this.#add(path, "may not be null (the element is not nillable).");
    this.#work.take();
    if (this.#depth >= maxDepth) return this.#add(path, `nests deeper than ${maxDepth} levels.`);
    const { type, problem } = typeOfValue(this.#types, node, value);
    if (problem && !this.#isTemplate((value as Members)["@xsi:type"]))
      return this.#add(join(path, "@xsi:type"), problem);
    this.#depth++;
    if (value === null) this.#nil(node, type, {}, path);
    else if (isNilWithAttributes(value)) this.#nil(node, type, value, path);
    else if (type.kind === "simple") this.#simple(type, simpleValue(value), path, node.fixed);
    else this.#complex(type, value, path);
    this.#depth--;
  }

  #nil(node: ElementNode, type: TypeNode, value: Members, path: string): undefined {
    if (!node.nillable) return this.#add(path, "can't be nil: the element isn't nillable.");
    const [content] = Object.keys(value).filter((name) => !name.startsWith("@"));
    if (content !== undefined)
      return this.#add(join(path, content), "isn't allowed beside @xsi:nil: an element that is nil is empty.");
    const { attributes = [], anyAttribute = false } = type.kind === "complex" ? type : {};
    this.#members(value, null, attributes, { path, anyAttribute, hasText: false, takesType: true });
  }

  #complex(type: ComplexType, value: unknown, path: string): undefined {
    if (type.arrayOf) return this.#array(type, value, path);
    if (!isMembers(value)) {
      const isScalar = !Array.isArray(value);
      if (isScalar && type.text) {
        // A text alone leaves out the attributes.
        for (const attribute of type.attributes) this.#attribute(attribute, type.attributes, {}, path);
        return this.#text(type, value, path);
      }
      if (isScalar && type.mixed && isAnything(type)) return;
      return this.#add(path, `must be an object; ${describeExpected(listElements(type.content))}`);
    }
    if (type.abstract) return this.#add(path, namesNoType);
    if (isAnything(type)) return this.#undeclared(value, path);
    if (type.text) this.#text(type, memberOf(value, "#text") ?? "", path);
    const hasText = type.text !== undefined || type.mixed === true;
    const place = { path, anyAttribute: type.anyAttribute === true, hasText, takesType: true };
    this.#members(value, type.content, type.attributes, place);
  }

  /** Members of `xs:anyType`, which can name the types of their values. */
  #undeclared(members: Members, path: string): undefined {
    for (const [key, value] of Object.entries(members)) {
      if (key.startsWith("@") && !isReservedAttribute(key)) this.#openAttribute(key, value, path);
      if (key.startsWith("@") || key.startsWith("#")) continue;
      const node = undeclaredElement(key);
      if (!node) this.#add(join(path, key), "isn't the name of an element.");
      else for (const each of listValues(value)) this.#element(node, each, join(path, key));
    }
  }

  #text(type: ComplexType, value: unknown, path: string): undefined {
    const node = requireType(this.#types, type.text!);
    if (node.kind === "simple") this.#simple(node, value, path);
  }

  #array(type: ComplexType, value: unknown, path: string): undefined {
    const read = readArray(type, value);
    if ("problem" in read) return this.#add(path + read.path, read.problem);
    for (const item of read.items) this.#element(arrayContent(type), item.value, path + item.path);
  }

  #simple(type: SimpleType, value: unknown, path: string, fixed?: string): undefined {
    if (this.#isTemplate(value)) return;
    const text = toLexical(type, value);
    if (text === null) return this.#add(path, "must be a single value, not an object or a list.");
    const problem = findLexicalProblem(this.#types, type, text, this.#work);
    if (problem) this.#add(path, problem);
    else if (fixed !== undefined && !isSameValue(this.#types, type, text, fixed)) this.#add(path, `must be ${fixed}.`);
  }

  #isTemplate(value: unknown): boolean {
    return this.#options.templates && typeof value === "string" && /\{[{%]/.test(value);
  }

  #add(path: string, message: string): undefined {
    if (this.problems.length < maxProblems) this.problems.push({ path, message });
  }
}

const namesNoType = 'has an abstract type: name the one that is meant, as "@xsi:type".';

/** What is given for a content. */
type Given = { assigned: Assigned; members: Members };

const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
