import { Budget } from "./budget.ts";
import { findLexicalProblem } from "./find-lexical-problem.ts";
import type {
  ArgumentProblem,
  AttributeNode,
  ComplexType,
  ElementNode,
  GroupNode,
  OperationRef,
  Particle,
  SimpleType,
  Types,
  Wsdl,
} from "./model.ts";
import {
  arrayContent,
  holdsAny,
  isMembers,
  isRequired,
  isUsed,
  listElements,
  listValues,
  type Members,
  memberOf,
  requireType,
  toLexical,
  typeOfValue,
} from "./values.ts";
import { findOperation } from "./wsdl/find-operation.ts";
import { parseXml, XmlError } from "./xml/parse-xml.ts";

/** More are not told: the first ones say what to do. */
const maxProblems = 100;
/** Steps of one check, about a tenth of a second, and how deep values nest. */
const maxSteps = 3_000_000;
const maxDepth = 200;

type Options = {
  /** Takes texts that hold `{{` for what they will be, in whatever place they stand. */
  templates: boolean;
};

/**
 * Where arguments do not fit the input of an operation; empty when they fit.
 * @throws AppError `not_found` for an operation that the WSDL does not have
 */
export function validateArguments(
  wsdl: Wsdl,
  ref: OperationRef,
  args: unknown,
  options: Options = { templates: false },
): ArgumentProblem[] {
  const { input } = findOperation(wsdl, ref).operation;
  const check = new Check(wsdl.types, options);
  if (!isMembers(args))
    return [{ path: "", message: "must be an object whose members are the elements of the operation." }];
  check.members(args, input.content, input.attributes, { path: "", anyAttribute: false, hasText: false });
  return check.problems.slice(0, maxProblems);
}

type Place = { path: string; anyAttribute: boolean; hasText: boolean };

class Check {
  readonly problems: ArgumentProblem[] = [];
  readonly #types: Types;
  readonly #options: Options;
  readonly #work = new Budget("checking the arguments", maxSteps);
  #depth = 0;

  constructor(types: Types, options: Options) {
    this.#types = types;
    this.#options = options;
  }

  members(members: Members, content: GroupNode | null, attributes: AttributeNode[], place: Place): undefined {
    this.#unknown(members, content, attributes, place);
    for (const attribute of attributes) this.#attribute(attribute, members, place.path);
    if (content) this.#group(content, members, place.path);
  }

  #unknown(members: Members, content: GroupNode | null, attributes: AttributeNode[], place: Place): undefined {
    const elements = listElements(content);
    const declared = new Set(elements.map(({ name }) => name));
    this.#work.take(elements.length + Object.keys(members).length * (1 + attributes.length));
    for (const name of Object.keys(members)) {
      if (name.startsWith("@")) {
        const isKnown =
          place.anyAttribute || name === "@xsi:type" || attributes.some((each) => `@${each.name}` === name);
        if (!isKnown) this.#add(join(place.path, name), "is no attribute of this element.");
      } else if (name === "#any") this.#any(members, content, place.path);
      else if (name === "#text" ? place.hasText : declared.has(name)) continue;
      else this.#add(join(place.path, name), `is not known here; ${known(elements)}`);
    }
  }

  #any(members: Members, content: GroupNode | null, path: string): undefined {
    if (!holdsAny(content)) return this.#add(join(path, "#any"), "is not known here: no other elements may be added.");
    const value = memberOf(members, "#any");
    for (const text of listValues(value)) {
      if (typeof text !== "string") this.#add(join(path, "#any"), "must be XML as text.");
      else if (!this.#isTemplate(text)) this.#fragment(text, join(path, "#any"));
    }
  }

  #fragment(text: string, path: string): undefined {
    try {
      parseXml(`<any>${text}</any>`);
    } catch (err) {
      if (!(err instanceof XmlError)) throw err;
      this.#add(path, `is no XML: ${err.message}.`);
    }
  }

  #attribute({ name, type, required, fixed }: AttributeNode, members: Members, path: string): undefined {
    const value = memberOf(members, `@${name}`);
    const at = join(path, `@${name}`);
    if (value === undefined || value === null) {
      if (required) this.#add(at, "is missing; the attribute is required.");
      return;
    }
    const node = requireType(this.#types, type);
    this.#simple(node.kind === "simple" ? node : { kind: "simple", base: "string" }, value, at, fixed);
  }

  #group(group: GroupNode, members: Members, path: string): undefined {
    if (group.min === 0 && !isUsed(group, members)) return;
    if (group.kind === "choice") return this.#choice(group, members, path);
    const isRepeated = group.max === null || group.max > 1;
    for (const item of group.items) this.#particle(item, members, path, isRepeated);
  }

  #choice(group: GroupNode, members: Members, path: string): undefined {
    const used = group.items.filter((item) => isUsed(item, members));
    const isOnce = group.max === 1;
    if (used.length === 0) {
      if (isRequired(group)) this.#add(path, `needs one of ${list(group.items)}.`);
      return;
    }
    if (isOnce && used.length > 1)
      this.#add(path, `may hold only one of ${list(group.items)}; ${list(used)} are given.`);
    for (const item of used) this.#particle(item, members, path, !isOnce);
  }

  /** @param isRepeated whether a group around it may be repeated, and with it everything inside. */
  #particle(particle: Particle, members: Members, path: string, isRepeated: boolean): undefined {
    if (particle.kind === "any") {
      if (particle.min > 0 && memberOf(members, "#any") === undefined)
        this.#add(join(path, "#any"), "is missing: any element is needed here, as XML.");
      return;
    }
    if (particle.kind !== "element") return this.#group(particle, members, path);
    const value = memberOf(members, particle.name);
    const at = join(path, particle.name);
    if (value === undefined) {
      if (particle.min > 0 && particle.default === undefined && particle.fixed === undefined)
        this.#add(at, "is missing.");
      return;
    }
    if (this.#isTemplate(value)) return;
    const maxHere = isRepeated ? null : particle.max;
    const isOneList = maxHere === 1 && this.#takesList(particle);
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

  /** A value that is a list in itself: of a list type, or a SOAP-encoded array. */
  #takesList({ type }: ElementNode): boolean {
    const node = requireType(this.#types, type);
    return node.kind === "simple" ? node.listOf !== undefined : node.arrayOf !== undefined;
  }

  #element(node: ElementNode, value: unknown, path: string): undefined {
    if (this.problems.length >= maxProblems || this.#isTemplate(value)) return;
    if (value === null) {
      if (!node.nillable) this.#add(path, "may not be null (the element is not nillable).");
      return;
    }
    this.#work.take();
    if (this.#depth >= maxDepth) return this.#add(path, `nests deeper than ${maxDepth} levels.`);
    const { type } = typeOfValue(this.#types, node, value);
    this.#depth++;
    if (type.kind === "simple") this.#simple(type, value, path, node.fixed);
    else this.#complex(type, value, path);
    this.#depth--;
  }

  #complex(type: ComplexType, value: unknown, path: string): undefined {
    if (type.arrayOf) return this.#array(type, value, path);
    if (!isMembers(value)) {
      const isScalar = !Array.isArray(value);
      if (isScalar && type.text) return this.#text(type, value, path);
      if (isScalar && type.mixed && isAnything(type)) return;
      return this.#add(path, `must be an object; ${known(listElements(type.content))}`);
    }
    if (type.abstract) return this.#add(path, 'has an abstract type: name the one that is meant, as "@xsi:type".');
    if (isAnything(type)) return;
    if (type.text) this.#text(type, memberOf(value, "#text") ?? "", path);
    const hasText = type.text !== undefined || type.mixed === true;
    this.members(value, type.content, type.attributes, { path, anyAttribute: type.anyAttribute === true, hasText });
  }

  #text(type: ComplexType, value: unknown, path: string): undefined {
    const node = requireType(this.#types, type.text!);
    if (node.kind === "simple") this.#simple(node, value, path);
  }

  #array(type: ComplexType, value: unknown, path: string): undefined {
    const items = Array.isArray(value) ? value : isMembers(value) ? listValues(memberOf(value, "item")) : null;
    if (items === null) return this.#add(path, "must be a list.");
    for (const [index, item] of items.entries()) this.#element(arrayContent(type), item, `${path}[${index}]`);
  }

  #simple(type: SimpleType, value: unknown, path: string, fixed?: string): undefined {
    if (this.#isTemplate(value)) return;
    const text = toLexical(type, value);
    if (text === null) return this.#add(path, "must be a single value, not an object or a list.");
    const problem = findLexicalProblem(this.#types, type, text, this.#work);
    if (problem) this.#add(path, problem);
    else if (fixed !== undefined && text !== fixed) this.#add(path, `must be ${fixed}.`);
  }

  #isTemplate(value: unknown): boolean {
    return this.#options.templates && typeof value === "string" && /\{[{%]/.test(value);
  }

  #add(path: string, message: string): undefined {
    if (this.problems.length < maxProblems) this.problems.push({ path, message });
  }
}

/** `xs:anyType`: whatever is given. */
const isAnything = (type: ComplexType): boolean =>
  type.anyAttribute === true &&
  type.mixed === true &&
  type.content?.items.length === 1 &&
  type.content.items[0]!.kind === "any";

const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

function known(elements: ElementNode[]): string {
  const names = [...new Set(elements.map(({ name }) => name))];
  if (names.length === 0) return "no elements are expected.";
  return `expected ${names.length > 15 ? `${names.slice(0, 15).join(", ")} …` : names.join(", ")}.`;
}

function list(items: Particle[]): string {
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
