import { AppError } from "#lib/platform/errors/app-error.ts";
import type { OperationNode, OperationRef, PortNode, Wsdl } from "../model.ts";

/**
 * The operation that is meant, and its port.
 * @throws AppError `not_found` saying what there is instead
 */
export function findOperation(
  wsdl: Wsdl,
  { service, port, operation }: OperationRef,
): { port: PortNode; operation: OperationNode } {
  const found = wsdl.services.find(({ name }) => name === service)?.ports.find(({ name }) => name === port);
  if (!found) throw new AppError("not_found", `The WSDL has no port ${port} of a service ${service}.`);
  if (Object.hasOwn(found.operations, operation)) return { port: found, operation: found.operations[operation]! };
  const names = Object.keys(found.operations).sort();
  const list = names.length > 15 ? `${names.slice(0, 15).join(", ")} and ${names.length - 15} more` : names.join(", ");
  throw new AppError(
    "not_found",
    `The port ${port} has no operation ${operation || "without a name"}; it has ${list}.`,
  );
}
