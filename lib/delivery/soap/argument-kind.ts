import { findOperation } from "./find-operation.ts";
import type { GroupNode, OperationRef, TypeNode, Wsdl } from "./model.ts";
import { listElements, requireType } from "./values.ts";

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
