import { findType, xsd } from "./builtin.ts";
import type {
  AttributeNode,
  ComplexType,
  ElementNode,
  GroupNode,
  Particle,
  SimpleType,
  TypeNode,
  Types,
} from "./model.ts";
import { localOf, namespaceOf, ns, type QName, toQName } from "./names.ts";
import {
  type Component,
  type ComponentKind,
  indexSchemas,
  invalidWsdl,
  lineOf,
  type SchemaIndex,
  type SchemaPart,
} from "./schema-index.ts";
import { compileSimpleType } from "./simple-type.ts";
import { attribute, childElements, type Element, findDocumentation, resolveName } from "./xml.ts";

/** How deep groups may refer to each other. */
const maxGroupDepth = 50;

/** Everything that schemas say: types and global elements by name. */
export type CompiledSchemas = { types: Types; elements: Record<QName, ElementNode> };

/**
 * Compiles schemas (XML Schema 1.0 part 1) to the model.
 * @throws AppError `wsdl_invalid` where something is referred to that no schema defines
 */
export function compileSchemas(parts: SchemaPart[]): CompiledSchemas & { compiler: SchemaCompiler } {
  const compiler = new SchemaCompiler(indexSchemas(parts, resolveName));
  compiler.compileAll();
  return { types: compiler.types, elements: compiler.elements, compiler };
}

/** Keeps what was compiled while it goes from one reference to the next. */
export class SchemaCompiler {
  readonly types: Types = Object.create(null) as Types;
  readonly elements: Record<QName, ElementNode> = Object.create(null) as Record<QName, ElementNode>;
  readonly #index: SchemaIndex;
  readonly #underWay = new Set<QName>();
  #anonymous = 0;

  constructor(index: SchemaIndex) {
    this.#index = index;
  }

  compileAll(): void {
    const { complexType, simpleType, element } = this.#index.components;
    for (const name of [...complexType.keys(), ...simpleType.keys()]) this.#needType(name);
    for (const [name, component] of element) this.elements[name] = this.#globalElement(name, component);
  }

  /**
   * A type that something refers to.
   * @throws AppError `wsdl_invalid` when nothing defines it
   */
  requireType(name: QName, from: Element, location: string): QName {
    if (this.#needType(name)) return name;
    throw invalidWsdl(location, `the type ${name} is not defined by any of its schemas`, lineOf(from));
  }

  #needType(name: QName): boolean {
    if (findType(this.types, name) || this.#underWay.has(name)) return true;
    const component = this.#index.components.complexType.get(name) ?? this.#index.components.simpleType.get(name);
    if (!component) return false;
    this.#underWay.add(name);
    this.types[name] = this.#type(component.element, component.part);
    this.#underWay.delete(name);
    return true;
  }

  #type(element: Element, part: SchemaPart): TypeNode {
    return element.localName === "simpleType" ? this.#simpleType(element, part) : this.#complexType(element, part);
  }

  #simpleType(element: Element, part: SchemaPart): SimpleType {
    return compileSimpleType(element, {
      resolve: (from, text) => this.requireType(resolveName(from, text), from, part.location),
      inline: (inner) => this.#inlineType(inner, part),
      find: (name) => this.#finished(name, element, part),
    });
  }

  /** A type that must be complete since another one is made from it. */
  #finished(name: QName, from: Element, part: SchemaPart): TypeNode {
    this.requireType(name, from, part.location);
    const type = findType(this.types, name);
    if (type) return type;
    throw invalidWsdl(part.location, `the type ${name} is derived from itself`, lineOf(from));
  }

  #inlineType(element: Element, part: SchemaPart): QName {
    const name = `#${++this.#anonymous}`;
    this.types[name] = { kind: "complex", content: null, attributes: [] };
    this.types[name] = this.#type(element, part);
    return name;
  }

  #complexType(element: Element, part: SchemaPart): ComplexType {
    const documentation = findDocumentation(element);
    const shared = {
      ...(documentation && { documentation }),
      ...(attribute(element, "abstract") === "true" && { abstract: true }),
      ...(attribute(element, "mixed") === "true" && { mixed: true }),
    };
    for (const child of childElements(element)) {
      const derivation = childElements(child).find(({ localName }) => isDerivation(localName));
      if (child.localName === "simpleContent" && derivation) {
        return { ...this.#simpleContent(derivation, part), ...shared };
      }
      if (child.localName === "complexContent" && derivation) {
        const mixed = attribute(child, "mixed") === "true" ? { mixed: true } : {};
        return { ...this.#complexContent(derivation, part), ...mixed, ...shared };
      }
    }
    return { ...this.#ownContent(element, part), ...shared };
  }

  #ownContent(element: Element, part: SchemaPart): ComplexType {
    const model = childElements(element).find(({ localName }) => isModel(localName));
    const content = model ? this.#particle(model, part, 0) : null;
    const { attributes, anyAttribute } = this.#attributes(element, part);
    return {
      kind: "complex",
      content: content && toGroup(content),
      attributes,
      ...(anyAttribute && { anyAttribute: true }),
    };
  }

  #simpleContent(derivation: Element, part: SchemaPart): ComplexType {
    const base = resolveName(derivation, attribute(derivation, "base") ?? "");
    const type = this.#finished(base, derivation, part);
    const { attributes, prohibited, anyAttribute } = this.#attributes(derivation, part);
    const inherited = type.kind === "complex" ? type.attributes : [];
    const restricted = childElements(derivation).find(({ localName }) => localName === "simpleType");
    const own = type.kind === "complex" ? (type.text ?? xsd("string")) : base;
    return {
      kind: "complex",
      content: null,
      text: restricted ? this.#inlineType(restricted, part) : own,
      attributes: mergeAttributes(inherited, attributes, prohibited),
      ...(anyAttribute && { anyAttribute: true }),
      derivedFrom: base,
    };
  }

  #complexContent(derivation: Element, part: SchemaPart): ComplexType {
    const base = resolveName(derivation, attribute(derivation, "base") ?? "");
    const own = this.#ownContent(derivation, part);
    if (base === toQName(ns.encoding, "Array"))
      return { ...own, arrayOf: this.#itemsOf(derivation, own, part), content: null };
    const type = this.#finished(base, derivation, part);
    if (type.kind === "simple") {
      throw invalidWsdl(part.location, `the simple type ${base} is extended like a complex one`, lineOf(derivation));
    }
    const isExtension = derivation.localName === "extension";
    const { prohibited } = this.#attributes(derivation, part);
    const items = [type.content, own.content].filter((each): each is GroupNode => each !== null);
    const joined: GroupNode = { kind: "sequence", min: 1, max: 1, items };
    const content = isExtension && items.length === 2 ? joined : (items[0] ?? null);
    return {
      kind: "complex",
      content: isExtension ? content : own.content,
      attributes: mergeAttributes(type.attributes, own.attributes, prohibited),
      ...((own.anyAttribute || (isExtension && type.anyAttribute)) && { anyAttribute: true }),
      ...(type.mixed && { mixed: true }),
      ...(type.arrayOf && { arrayOf: type.arrayOf }),
      derivedFrom: base,
    };
  }

  /** `wsdl:arrayType="t:Line[]"` (WSDL 1.1 section 2.2), or else the type of the only element. */
  #itemsOf(derivation: Element, own: ComplexType, part: SchemaPart): QName {
    for (const child of childElements(derivation)) {
      const arrayType = child.localName === "attribute" ? child.getAttributeNS(ns.wsdl, "arrayType") : null;
      if (!arrayType) continue;
      const item = resolveName(child, arrayType.replace(/(\[[\d,]*\])+$/, ""));
      return this.requireType(item, child, part.location);
    }
    const [first] = own.content?.items ?? [];
    return first?.kind === "element" ? first.type : xsd("anyType");
  }

  #particle(element: Element, part: SchemaPart, depth: number): Particle | null {
    const occurs = readOccurs(element);
    if (occurs.max === 0) return null;
    if (depth > maxGroupDepth)
      throw invalidWsdl(part.location, "its groups refer to each other in a circle", lineOf(element));
    const kind = element.localName;
    if (kind === "element") return this.#elementParticle(element, part, occurs);
    if (kind === "any") return { kind, ...occurs };
    if (kind === "group") return this.#groupReference(element, part, occurs, depth);
    const items = childElements(element)
      .filter(({ localName }) => isModel(localName) || localName === "element" || localName === "any")
      .map((child) => this.#particle(child, part, depth + 1))
      .filter((item): item is Particle => item !== null);
    return { kind: kind as GroupNode["kind"], items, ...occurs };
  }

  #groupReference(element: Element, part: SchemaPart, occurs: { min: number; max: number | null }, depth: number) {
    const { element: target, part: its } = this.#require("group", element, part);
    const model = childElements(target).find(({ localName }) => isModel(localName));
    const content = model ? this.#particle(model, its, depth + 1) : null;
    if (!content || content.kind === "element" || content.kind === "any") return content;
    const isOnce = content.min === 1 && content.max === 1;
    return isOnce ? { ...content, ...occurs } : { kind: "sequence" as const, items: [content], ...occurs };
  }

  #elementParticle(element: Element, part: SchemaPart, occurs: { min: number; max: number | null }): Particle {
    const ref = attribute(element, "ref");
    if (ref === null) return { ...this.#element(element, part), ...occurs };
    const name = resolveName(element, ref);
    // A schema in a message, beside any: how .NET sends a DataSet.
    if (namespaceOf(name) === ns.xsd) return { kind: "any", ...occurs };
    const target = this.#require("element", element, part);
    const head = { ...this.#globalElement(name, target), ...occurs };
    const substitutes = this.#index.substitutes.get(name) ?? [];
    if (substitutes.length === 0) return head;
    const isAbstract = attribute(target.element, "abstract") === "true";
    const members = substitutes.map((each) => this.#globalElement(each, this.#index.components.element.get(each)!));
    const items = [...(isAbstract ? [] : [{ ...head, min: 1, max: 1 }]), ...members];
    return { kind: "choice", items, ...occurs };
  }

  #globalElement(name: QName, { element, part }: Component): ElementNode {
    this.elements[name] ??= { ...this.#element(element, part), namespace: part.namespace };
    return this.elements[name];
  }

  #element(element: Element, part: SchemaPart): ElementNode {
    const form = attribute(element, "form");
    const isQualified = form === null ? part.qualifiesElements : form === "qualified";
    const documentation = findDocumentation(element);
    return {
      kind: "element",
      name: attribute(element, "name") ?? "",
      namespace: isQualified ? part.namespace : "",
      type: this.#typeOf(element, part),
      min: 1,
      max: 1,
      ...(attribute(element, "nillable") === "true" && { nillable: true }),
      ...copy(element, "default"),
      ...copy(element, "fixed"),
      ...(documentation && { documentation }),
    };
  }

  #typeOf(element: Element, part: SchemaPart): QName {
    const type = attribute(element, "type");
    if (type !== null) return this.requireType(resolveName(element, type), element, part.location);
    const inline = childElements(element).find(
      ({ localName }) => localName === "complexType" || localName === "simpleType",
    );
    if (inline) return this.#inlineType(inline, part);
    const head = attribute(element, "substitutionGroup");
    const target = head === null ? null : this.#index.components.element.get(resolveName(element, head));
    if (target && target.element !== element) return this.#typeOf(target.element, target.part);
    return element.localName === "attribute" ? xsd("anySimpleType") : xsd("anyType");
  }

  #attributes(
    parent: Element,
    part: SchemaPart,
    depth = 0,
  ): { attributes: AttributeNode[]; prohibited: string[]; anyAttribute: boolean } {
    const found = { attributes: [] as AttributeNode[], prohibited: [] as string[], anyAttribute: false };
    if (depth > maxGroupDepth) throw invalidWsdl(part.location, "its attribute groups refer to each other in a circle");
    for (const child of childElements(parent)) {
      if (child.localName === "anyAttribute") found.anyAttribute = true;
      else if (child.localName === "attributeGroup") {
        const target = this.#require("attributeGroup", child, part);
        const inner = this.#attributes(target.element, target.part, depth + 1);
        found.attributes.push(...inner.attributes);
        found.anyAttribute ||= inner.anyAttribute;
      } else if (child.localName === "attribute") {
        const node = this.#attribute(child, part);
        if (!node) continue;
        if (attribute(child, "use") === "prohibited") found.prohibited.push(node.name);
        else found.attributes.push(node);
      }
    }
    return found;
  }

  #attribute(element: Element, part: SchemaPart): AttributeNode | null {
    const ref = attribute(element, "ref");
    const required = attribute(element, "use") === "required";
    if (ref !== null) {
      const name = resolveName(element, ref);
      const target = this.#index.components.attribute.get(name);
      // xml:lang and its like need no schema; what SOAP's encoding defines goes along by itself.
      if (!target && namespaceOf(name) === ns.xml) {
        return { name: localOf(name), namespace: ns.xml, type: xsd("string"), required };
      }
      if (!target) return null;
      return { ...this.#attribute(target.element, target.part)!, namespace: target.part.namespace, required };
    }
    const form = attribute(element, "form");
    const isQualified = form === null ? part.qualifiesAttributes : form === "qualified";
    const documentation = findDocumentation(element);
    return {
      name: attribute(element, "name") ?? "",
      namespace: isQualified ? part.namespace : "",
      type: this.#typeOf(element, part),
      required,
      ...copy(element, "default"),
      ...copy(element, "fixed"),
      ...(documentation && { documentation }),
    };
  }

  #require(kind: ComponentKind, from: Element, part: SchemaPart): Component {
    const name = resolveName(from, attribute(from, "ref") ?? "");
    const component = this.#index.components[kind].get(name);
    if (component) return component;
    throw invalidWsdl(part.location, `the ${kind} ${name} is not defined by any of its schemas`, lineOf(from));
  }
}

const isModel = (name: string | null): boolean => ["sequence", "choice", "all", "group"].includes(name ?? "");
const isDerivation = (name: string | null): boolean => name === "extension" || name === "restriction";

function readOccurs(element: Element): { min: number; max: number | null } {
  const max = attribute(element, "maxOccurs") ?? "1";
  return { min: Number(attribute(element, "minOccurs") ?? 1) || 0, max: max === "unbounded" ? null : Number(max) || 0 };
}

function toGroup(particle: Particle): GroupNode {
  const isGroup = particle.kind !== "element" && particle.kind !== "any";
  return isGroup ? particle : { kind: "sequence", min: 1, max: 1, items: [particle] };
}

function mergeAttributes(base: AttributeNode[], own: AttributeNode[], prohibited: string[]): AttributeNode[] {
  const replaced = new Set([...own.map(({ name }) => name), ...prohibited]);
  return [...base.filter(({ name }) => !replaced.has(name)), ...own];
}

function copy(element: Element, name: "default" | "fixed"): { default?: string; fixed?: string } {
  const value = attribute(element, name);
  return value === null ? {} : { [name]: value };
}
