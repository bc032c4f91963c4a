import { findType, xsd } from "../builtin.ts";
import type { ElementNode, TypeNode, Types } from "../model.ts";
import { namespaceOf, type QName } from "../names.ts";
import { Budget } from "../xml/budget.ts";
import { attribute, childElements, type Element, resolveName } from "../xml/elements.ts";
import { compileComplexType } from "./complex-type.ts";
import { compileElement } from "./declarations.ts";
import {
  type Component,
  type ComponentKind,
  indexSchemas,
  invalidWsdl,
  lineOf,
  reasonOf,
  type SchemaIndex,
  type SchemaPart,
  type Schemas,
} from "./schema-index.ts";
import { compileSimpleType } from "./simple-type.ts";
import { findWellKnown } from "./well-known.ts";

/** More than any service has; groups that refer to others twice, and those again, soon have more. */
const maxParticles = 250_000;
/** How many types can be derived from one another. */
const maxDerivations = 100;

/** Everything that schemas say: types and global elements by name. */
export type CompiledSchemas = { types: Types; elements: Record<QName, ElementNode> };

/**
 * Compiles schemas (XML Schema 1.0 part 1) to the model. What refers to something undefined is recorded in `broken`, so that only
 * what needs it is lost (part 1 section 5.3).
 */
export function compileSchemas(parts: SchemaPart[]): CompiledSchemas & { compiler: SchemaCompiler } {
  const compiler = new SchemaCompiler(indexSchemas(parts));
  compiler.compileAll();
  return { types: compiler.types, elements: compiler.elements, compiler };
}

/** Keeps what was compiled while it goes from one reference to the next. */
export class SchemaCompiler implements Schemas {
  readonly types: Types = Object.create(null) as Types;
  readonly elements: Record<QName, ElementNode> = Object.create(null) as Record<QName, ElementNode>;
  readonly index: SchemaIndex;
  readonly particles = new Budget("the elements of its types", maxParticles);
  /** Why types can't be used, by their names. */
  readonly broken = new Map<QName, string>();
  /** Types that something refers to. They are compiled one after another, so that types can contain each other. */
  readonly #pending = new Map<QName, () => TypeNode>();
  readonly #underWay = new Set<QName>();
  readonly #inline = new Map<SchemaPart, Map<Element, QName>>();
  /** How many types a type is derived from, by its name. */
  readonly #derivations = new Map<QName, number>();
  #anonymous = 0;

  constructor(index: SchemaIndex) {
    this.index = index;
  }

  compileAll(): void {
    const { complexType, simpleType, element } = this.index.components;
    for (const name of [...complexType.keys(), ...simpleType.keys()]) this.#schedule(name);
    for (const [name, component] of element) this.elements[name] = this.globalElement(name, component);
    this.finish();
  }

  /** Compiles everything that is pending. */
  finish(): void {
    // The map grows while it is walked.
    for (const name of this.#pending.keys()) this.#complete(name);
  }

  requireType(from: Element, text: string, location: string): QName {
    const name = resolveName(from, text);
    if (this.#schedule(name)) return name;
    return this.missing(name, `the type ${name} is not defined by any of its schemas`, from, location);
  }

  missing(key: QName, what: string, from: Element, location: string): QName {
    if (!this.broken.has(key)) this.broken.set(key, reasonOf(invalidWsdl(location, what, lineOf(from))));
    return key;
  }

  /** Whether a type is defined. */
  #schedule(name: QName): boolean {
    if (this.#pending.has(name) || this.#underWay.has(name) || findType(this.types, name)) return true;
    if (this.broken.has(name)) return true;
    const component = this.find("complexType", name) ?? this.find("simpleType", name);
    if (component) this.#pending.set(name, () => this.#type(component.element, component.part));
    return component !== undefined;
  }

  #complete(name: QName): void {
    const compile = this.#pending.get(name);
    if (!compile) return;
    this.#pending.delete(name);
    this.#underWay.add(name);
    try {
      this.types[name] = compile();
    } catch (err) {
      this.broken.set(name, reasonOf(err));
    } finally {
      this.#underWay.delete(name);
    }
  }

  #type(element: Element, part: SchemaPart): TypeNode {
    const compile = element.localName === "simpleType" ? compileSimpleType : compileComplexType;
    return compile(this, element, part);
  }

  finishedType(name: QName, from: Element, part: SchemaPart): TypeNode {
    const isDefined = this.#schedule(name);
    // Deeper recursion could exhaust the stack.
    if (this.#pending.has(name) && this.#underWay.size > maxDerivations) throw tooDerived(part, from);
    this.#complete(name);
    const type = findType(this.types, name);
    const derivations = 1 + (this.#derivations.get(name) ?? 0);
    if (derivations > maxDerivations) throw tooDerived(part, from);
    for (const derived of [...this.#underWay].slice(-1)) {
      this.#derivations.set(derived, Math.max(derivations, this.#derivations.get(derived) ?? 0));
    }
    if (type) return type;
    const reason = this.broken.get(name);
    // The first reason in a long row of types says enough.
    const [, first = reason] = /^its base type .*? can't be used: (.*) \([^()]*\)$/s.exec(reason ?? "") ?? [];
    if (first) throw invalidWsdl(part.location, `its base type ${name} can't be used: ${first}`, lineOf(from));
    const what = isDefined ? "derived from itself" : "not defined by any of its schemas";
    throw invalidWsdl(part.location, `the type ${name} is ${what}`, lineOf(from));
  }

  inlineType(element: Element, part: SchemaPart): QName {
    const known = this.#inline.get(part) ?? new Map<Element, QName>();
    this.#inline.set(part, known);
    // A group is expanded in each place that refers to it, and what it contains is one type.
    const name = known.get(element) ?? `#${++this.#anonymous}`;
    if (known.has(element)) return name;
    known.set(element, name);
    this.#pending.set(name, () => this.#type(element, part));
    return name;
  }

  defineType(type: TypeNode): QName {
    const name = `#${++this.#anonymous}`;
    this.types[name] = type;
    return name;
  }

  globalElement(name: QName, { element, part }: Component): ElementNode {
    this.elements[name] ??= { ...compileElement(this, element, part), namespace: part.namespace };
    return this.elements[name];
  }

  typeOf(element: Element, part: SchemaPart): QName {
    const heads = new Set<Element>();
    for (let [from, its] = [element, part]; ; ) {
      const type = attribute(from, "type");
      if (type !== null) return this.requireType(from, type, its.location);
      const inline = childElements(from).find(
        ({ localName }) => localName === "complexType" || localName === "simpleType",
      );
      if (inline) return this.inlineType(inline, its);
      heads.add(from);
      if (heads.size > maxDerivations) throw tooDerived(part, element);
      // An element without a type has that of its substitution group's head (part 1 section 3.3.2).
      const head = attribute(from, "substitutionGroup");
      const target = head === null ? undefined : this.find("element", resolveName(from, head));
      if (!target || heads.has(target.element)) break;
      [from, its] = [target.element, target.part];
    }
    return element.localName === "attribute" ? xsd("anySimpleType") : xsd("anyType");
  }

  find(kind: ComponentKind, name: QName): Component | undefined {
    return this.index.components[kind].get(name) ?? findWellKnown(namespaceOf(name))?.components[kind].get(name);
  }

  require(kind: ComponentKind, from: Element, part: SchemaPart): Component {
    const name = resolveName(from, attribute(from, "ref") ?? "");
    const component = this.find(kind, name);
    if (component) return component;
    throw invalidWsdl(part.location, `the ${kind} ${name} is not defined by any of its schemas`, lineOf(from));
  }
}

function tooDerived(part: SchemaPart, from: Element) {
  return invalidWsdl(
    part.location,
    `more than ${maxDerivations} types or elements are derived from one another`,
    lineOf(from),
  );
}
