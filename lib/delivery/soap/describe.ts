import { findType } from "./builtin.ts";
import { makeExample } from "./example/example.ts";
import type {
  AttributeNode,
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
import { listDerived } from "./types/derived-types.ts";
import { listElements, requireType } from "./values.ts";
import { findOperation } from "./wsdl/find-operation.ts";
import { Budget } from "./xml/budget.ts";

/** What a form can be told of an operation: elements, attributes, types, and values to choose from. */
const maxDescription = 100_000;

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
    types: collectTypes(wsdl, operation, new Budget(`the form of ${ref.operation}`, maxDescription)),
    exampleArguments: makeExample(wsdl.types, operation),
  };
}

/** The types that input, output and faults lead to, the built-in ones too. */
function collectTypes(wsdl: Wsdl, { input, output, faults, headers }: OperationNode, work: Budget): Types {
  const found: Types = {};
  const waiting: QName[] = [];
  const addParticle = (particle: Particle): void => {
    work.take();
    if (particle.kind === "element") waiting.push(particle.type);
    else if (particle.kind !== "any") for (const item of particle.items) addParticle(item);
  };
  const addAttributes = (attributes: AttributeNode[]) => {
    work.take(attributes.length);
    waiting.push(...attributes.map(({ type }) => type));
  };
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
    work.take(type.kind === "simple" ? 1 + (type.enumeration?.length ?? 0) : 1);
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
