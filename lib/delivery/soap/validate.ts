import { Check, maxProblems, type ValidateOptions } from "./content/check.ts";
import type { ArgumentProblem, OperationRef, Wsdl } from "./model.ts";
import { isMembers } from "./values.ts";
import { findOperation } from "./wsdl/find-operation.ts";

/**
 * Where arguments do not fit the input of an operation; empty when they fit.
 * @throws AppError `not_found` for an operation that the WSDL does not have
 */
export function validateArguments(
  wsdl: Wsdl,
  ref: OperationRef,
  args: unknown,
  options: ValidateOptions = { templates: false },
): ArgumentProblem[] {
  const { input, headers } = findOperation(wsdl, ref).operation;
  const check = new Check(wsdl.types, options);
  if (!isMembers(args))
    return [{ path: "", message: "must be an object whose members are the elements of the operation." }];
  const { "#headers": blocks, ...members } = args;
  check.body(members, input);
  if (blocks !== undefined) check.headers(blocks, headers.input);
  return check.problems.slice(0, maxProblems);
}
