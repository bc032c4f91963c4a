import { findType } from "./builtin.ts";
import { exampleOf } from "./lexical.ts";
import type {
  AttributeNode,
  ComplexType,
  ElementNode,
  GroupNode,
  OperationDescription,
  OperationNode,
  OperationRef,
  Particle,
  TypeNode,
  Types,
  Wsdl,
} from "./model.ts";
import type { QName } from "./names.ts";
import { isRequired, listElements, listValues, type Members, memberOf, requireType } from "./values.ts";
import { findOperation } from "./wsdl/find-operation.ts";

/** How deep an example goes: types may hold themselves. */
const maxExampleDepth = 12;

/**
 * An operation with all types that it needs, as plain data for a form.
 * @throws AppError `not_found` for an operation that the WSDL does not have
 */
export function describeOperation(wsdl: Wsdl, ref: OperationRef): OperationDescription {
  const { port, operation } = findOperation(wsdl, ref);
  return {
    ...operation,
    service: ref.service,
    port: ref.port,
    soapVersion: port.soapVersion,
    types: collectTypes(wsdl, operation),
    exampleArguments: makeExample(wsdl.types, operation),
  };
}

/** The types that input, output and faults lead to, the built-in ones too. */
function collectTypes(wsdl: Wsdl, { input, output, faults, headers }: OperationNode): Types {
  const found: Types = {};
  const waiting: QName[] = [];
  const addParticle = (particle: Particle): void => {
    if (particle.kind === "element") waiting.push(particle.type);
    else if (particle.kind !== "any") for (const item of particle.items) addParticle(item);
  };
  const addAttributes = (attributes: AttributeNode[]) => waiting.push(...attributes.map(({ type }) => type));
  for (const body of [input, output]) {
    if (!body) continue;
    addParticle(body.content);
    addAttributes(body.attributes);
    if (body.type) waiting.push(body.type);
  }
  for (const node of [...headers.input, ...headers.output]) waiting.push(node.type);
  for (const { element } of faults) {
    const node = element === null ? undefined : wsdl.elements[element];
    if (node) waiting.push(node.type);
  }
  const derived = listDerived(wsdl.types);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (Object.hasOwn(found, name)) continue;
    const type = findType(wsdl.types, name);
    if (!type) continue;
    found[name] = type;
    if (type.kind === "simple") waiting.push(...(type.listOf ? [type.listOf] : []), ...(type.unionOf ?? []));
    else {
      if (type.content) addParticle(type.content);
      addAttributes(type.attributes);
      waiting.push(...[type.text, type.arrayOf].filter((each): each is QName => each !== undefined));
      waiting.push(...(derived.get(name) ?? []));
    }
  }
  return found;
}

/** Types that may stand in the place of others, by those; anyType is left out, since everything is derived from it. */
function listDerived(types: Types): Map<QName, QName[]> {
  const derived = new Map<QName, QName[]>();
  for (const [name, type] of Object.entries(types)) {
    if (type.kind !== "complex" || !type.derivedFrom || name.startsWith("#")) continue;
    derived.set(type.derivedFrom, [...(derived.get(type.derivedFrom) ?? []), name]);
  }
  return derived;
}

/** Arguments to begin with: what is required, with values that fit. */
export function makeExample(types: Types, { input }: Pick<OperationNode, "input">): Members {
  return exampleMembers(types, input.content, input.attributes, 0);
}

function exampleMembers(types: Types, content: GroupNode | null, attributes: AttributeNode[], depth: number): Members {
  const members: Members = {};
  for (const { name, required, fixed, default: preset, type } of attributes) {
    if (required) members[`@${name}`] = fixed ?? preset ?? exampleSimple(types, type);
  }
  if (content) fill(types, content, members, depth);
  return members;
}

function fill(types: Types, particle: Particle, members: Members, depth: number): void {
  if (particle.min === 0 || particle.kind === "any") return;
  if (particle.kind === "element") {
    const value = exampleElement(types, particle, depth);
    const isList = particle.max === null || particle.max > 1;
    const known = listValues(memberOf(members, particle.name));
    const values = Array.from({ length: isList ? Math.max(1, particle.min) : 1 }, () => value);
    members[particle.name] = isList || known.length > 0 ? [...known, ...values] : value;
    return;
  }
  const items = particle.kind === "choice" ? particle.items.slice(0, 1) : particle.items.filter(isRequired);
  for (const item of items) fill(types, item.min === 0 ? { ...item, min: 1 } : item, members, depth);
}

function exampleElement(types: Types, node: ElementNode, depth: number): unknown {
  const preset = node.fixed ?? node.default;
  if (preset !== undefined) return preset;
  const type = findType(types, node.type);
  if (type?.kind === "complex") return exampleComplex(types, type, depth);
  return node.nillable && depth > 0 ? null : exampleSimple(types, node.type);
}

function exampleComplex(types: Types, type: ComplexType, depth: number): unknown {
  if (depth >= maxExampleDepth) return {};
  if (type.arrayOf)
    return [
      exampleElement(
        types,
        { kind: "element", name: "item", namespace: "", type: type.arrayOf, min: 0, max: null },
        depth + 1,
      ),
    ];
  const members = exampleMembers(types, type.content, type.attributes, depth + 1);
  return type.text ? { ...members, "#text": exampleSimple(types, type.text) } : members;
}

function exampleSimple(types: Types, name: QName): string {
  const type = findType(types, name);
  if (type?.kind !== "simple") return "";
  const other = type.unionOf?.[0] ?? type.listOf;
  return other && !type.enumeration ? exampleSimple(types, other) : exampleOf(type);
}

/**
 * Whether the place of an argument (`order.lines`, `order.lines[2].price`) is for an object or a list of objects rather than for a
 * single text. False for a place that the operation does not have.
 * @throws AppError `not_found` for an operation that the WSDL does not have
 */
export function takesObject(wsdl: Wsdl, ref: OperationRef, path: string): boolean {
  let content: GroupNode | null = findOperation(wsdl, ref).operation.input.content;
  let type: TypeNode | null = null;
  for (const name of path.replace(/\[\d+\]/g, "").split(".")) {
    const element = listElements(content).find((each) => each.name === name);
    if (!element) return false;
    type = requireType(wsdl.types, element.type);
    content = type.kind === "complex" ? type.content : null;
  }
  return type?.kind === "complex" && type.text === undefined;
}
