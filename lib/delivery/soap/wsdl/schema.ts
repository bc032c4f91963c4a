import { Budget } from "../budget.ts";
import { findType, xsd } from "../builtin.ts";
import type { ElementNode, TypeNode, Types } from "../model.ts";
import type { QName } from "../names.ts";
import { attribute, childElements, type Element, resolveName } from "../xml/elements.ts";
import { compileComplexType } from "./complex-type.ts";
import { compileElement } from "./declarations.ts";
import {
  type Component,
  type ComponentKind,
  indexSchemas,
  invalidWsdl,
  lineOf,
  type SchemaIndex,
  type SchemaPart,
  type Schemas,
} from "./schema-index.ts";
import { compileSimpleType } from "./simple-type.ts";

/** More than any service has; groups that refer to others twice, and those again, soon have more. */
const maxParticles = 250_000;
/** How many types can be derived from one another. */
const maxDerivations = 100;

/** Everything that schemas say: types and global elements by name. */
export type CompiledSchemas = { types: Types; elements: Record<QName, ElementNode> };

/**
 * Compiles schemas (XML Schema 1.0 part 1) to the model.
 * @throws AppError `wsdl_invalid` where something is referred to that no schema defines
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
  readonly #underWay = new Set<QName>();
  /** How many types a type is derived from, by its name. */
  readonly #derivations = new Map<QName, number>();
  #anonymous = 0;

  constructor(index: SchemaIndex) {
    this.index = index;
  }

  compileAll(): void {
    const { complexType, simpleType, element } = this.index.components;
    for (const name of [...complexType.keys(), ...simpleType.keys()]) this.#needType(name);
    for (const [name, component] of element) this.elements[name] = this.globalElement(name, component);
  }

  requireType(from: Element, text: string, location: string): QName {
    const name = resolveName(from, text);
    // It is compiled in its turn: types that lead from one to the next would exhaust the stack here.
    if (findType(this.types, name) || this.index.components.complexType.has(name)) return name;
    if (this.index.components.simpleType.has(name)) return name;
    throw invalidWsdl(location, `the type ${name} is not defined by any of its schemas`, lineOf(from));
  }

  #needType(name: QName): boolean {
    if (findType(this.types, name) || this.#underWay.has(name)) return true;
    const component = this.index.components.complexType.get(name) ?? this.index.components.simpleType.get(name);
    if (!component) return false;
    if (this.#underWay.size > maxDerivations) throw tooDerived(component.part, component.element);
    this.#underWay.add(name);
    this.types[name] = this.#type(component.element, component.part);
    this.#underWay.delete(name);
    return true;
  }

  #type(element: Element, part: SchemaPart): TypeNode {
    const compile = element.localName === "simpleType" ? compileSimpleType : compileComplexType;
    return compile(this, element, part);
  }

  finishedType(name: QName, from: Element, part: SchemaPart): TypeNode {
    const isDefined = this.#needType(name);
    const type = findType(this.types, name);
    const derivations = 1 + (this.#derivations.get(name) ?? 0);
    if (derivations > maxDerivations) throw tooDerived(part, from);
    for (const derived of [...this.#underWay].slice(-1)) {
      this.#derivations.set(derived, Math.max(derivations, this.#derivations.get(derived) ?? 0));
    }
    if (type) return type;
    const what = isDefined ? "derived from itself" : "not defined by any of its schemas";
    throw invalidWsdl(part.location, `the type ${name} is ${what}`, lineOf(from));
  }

  inlineType(element: Element, part: SchemaPart): QName {
    const name = `#${++this.#anonymous}`;
    this.types[name] = { kind: "complex", content: null, attributes: [] };
    this.types[name] = this.#type(element, part);
    return name;
  }

  globalElement(name: QName, { element, part }: Component): ElementNode {
    this.elements[name] ??= { ...compileElement(this, element, part), namespace: part.namespace };
    return this.elements[name];
  }

  typeOf(element: Element, part: SchemaPart, heads = 0): QName {
    if (heads > maxDerivations) throw tooDerived(part, element);
    const type = attribute(element, "type");
    if (type !== null) return this.requireType(element, type, part.location);
    const inline = childElements(element).find(
      ({ localName }) => localName === "complexType" || localName === "simpleType",
    );
    if (inline) return this.inlineType(inline, part);
    const head = attribute(element, "substitutionGroup");
    const target = head === null ? null : this.index.components.element.get(resolveName(element, head));
    if (target && target.element !== element) return this.typeOf(target.element, target.part, heads + 1);
    return element.localName === "attribute" ? xsd("anySimpleType") : xsd("anyType");
  }

  require(kind: ComponentKind, from: Element, part: SchemaPart): Component {
    const name = resolveName(from, attribute(from, "ref") ?? "");
    const component = this.index.components[kind].get(name);
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
