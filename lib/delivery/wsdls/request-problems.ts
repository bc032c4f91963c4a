import { type CompiledSoapRequest, compileSoapRequest } from "#lib/delivery/requests/compile-soap-request.ts";
import type { SoapRequestTemplate } from "#lib/delivery/requests/model.ts";
import type { SoapCall } from "#lib/delivery/runs/soap.ts";
import { takesObject } from "#lib/delivery/soap/describe.ts";
import { findHeaderProblem } from "#lib/delivery/soap/header-blocks.ts";
import type { ArgumentProblem, Wsdl } from "#lib/delivery/soap/model.ts";
import { checkArguments } from "#lib/delivery/soap/untrusted.ts";
import type { SoapPlan, TransportPlan } from "#lib/delivery/transports/plan.ts";
import type { Database, Transaction } from "#lib/platform/db/client.ts";
import { type FieldError, isAppError } from "#lib/platform/errors/app-error.ts";
import { getCompiledWsdl } from "./storing/compiled-wsdl.ts";

/** Where a request does not fit a WSDL: `path` as in `order.lines[2].price`; `operation` when the operation itself does not. */
export type RequestProblem = {
  path: string;
  message: string;
  about: "operation" | "arguments" | "envelope" | "headers";
};

/**
 * Where a request with its templates does not fit the transport; empty when it fits, and where the WSDL is not known yet.
 * @throws AppError `wsdl_invalid`
 */
export async function findRequestProblems(
  plan: TransportPlan,
  request: SoapRequestTemplate,
  db?: Database | Transaction,
): Promise<RequestProblem[]> {
  const soap = plan.soap!;
  const misfit = checkMode(soap, request.envelope !== undefined && request.envelope !== "");
  if (misfit) return [misfit];
  const text = request.headers ?? "";
  const message = /\{[{%]/.test(text) ? null : findHeaderProblem(text);
  if (message) return [{ path: "", message, about: "headers" }];
  if (soap.settings.raw || !soap.wsdl) return [];
  return listProblems(await getCompiledWsdl(plan.id, soap.wsdl, db), soap.settings, request);
}

/** The same against a WSDL that need not be the transport's. */
export async function listProblems(
  wsdl: Wsdl,
  { service, port }: { service: string; port: string },
  request: Pick<SoapRequestTemplate, "operation" | "arguments">,
): Promise<RequestProblem[]> {
  const ref = { service, port, operation: request.operation };
  return check(() => checkArguments(wsdl, ref, request.arguments, { templates: true }));
}

/** An operation that the WSDL does not have is a problem like any other. */
function check(
  validate: () => ArgumentProblem[] | Promise<ArgumentProblem[]>,
): RequestProblem[] | Promise<RequestProblem[]> {
  const toProblems = (found: ArgumentProblem[]) =>
    found.map((problem): RequestProblem => ({ ...problem, about: "arguments" }));
  const explain = (err: unknown): RequestProblem[] => {
    if (!isAppError(err) || err.code !== "not_found") throw err;
    return [{ path: "", message: err.message, about: "operation" }];
  };
  try {
    const found = validate();
    return found instanceof Promise ? found.then(toProblems, explain) : toProblems(found);
  } catch (err) {
    return explain(err);
  }
}

/**
 * Where a call with its variables put in does not fit the WSDL, without a promise unless the call is large; a problem that a variable
 * causes says which.
 */
export function findCallProblems(
  wsdl: Wsdl,
  { service, port }: { service: string; port: string },
  call: SoapCall,
  { wholeVariables }: CompiledSoapRequest,
): RequestProblem[] | Promise<RequestProblem[]> {
  const ref = { service, port, operation: call.operation ?? "" };
  const name = (problem: RequestProblem): RequestProblem => {
    const variable = problem.about === "arguments" ? findVariable(wholeVariables, problem.path) : null;
    return variable ? { ...problem, message: `${problem.message} (from variables.${variable})` } : problem;
  };
  const found = check(() => checkArguments(wsdl, ref, call.arguments));
  return found instanceof Promise ? found.then((problems) => problems.map(name)) : found.map(name);
}

/**
 * The variables that stand in the place of an object or a list: who asks people for values reads these as JSON. None while the WSDL is
 * not known.
 */
export async function findObjectVariables(plan: TransportPlan, request: SoapRequestTemplate): Promise<string[]> {
  const wsdl = await findWsdl(plan);
  if (!wsdl || !plan.soap) return [];
  const { service, port } = plan.soap.settings;
  const ref = { service, port, operation: request.operation };
  const { wholeVariables } = compileSoapRequest(request);
  try {
    const found = [...wholeVariables].filter(([path]) => takesObject(wsdl, ref, path)).map(([, variable]) => variable);
    return [...new Set(found)].sort();
  } catch (err) {
    // The operation is gone from the WSDL; what becomes of the trigger is told elsewhere.
    if (isAppError(err) && err.code === "not_found") return [];
    throw err;
  }
}

/** The variable that stands at a path or above it. */
function findVariable(wholeVariables: ReadonlyMap<string, string>, path: string): string | null {
  for (const [above, variable] of wholeVariables) {
    if (path === above || (path.startsWith(above) && /^[.[]/.test(path.slice(above.length)))) return variable;
  }
  return null;
}

/** Whether a request has an envelope just where its transport takes raw ones; null when it fits. */
export function checkMode({ settings }: SoapPlan, hasEnvelope: boolean): RequestProblem | null {
  if (settings.raw === hasEnvelope) return null;
  const message = hasEnvelope
    ? "An envelope needs a transport of raw envelopes; this one builds envelopes from its WSDL."
    : "This transport takes raw envelopes: enter the whole envelope.";
  return { path: "", message, about: hasEnvelope ? "operation" : "envelope" };
}

/** A problem at its field of a trigger. */
export function toFieldError({ path, message, about }: RequestProblem): FieldError {
  const field = about === "arguments" && path !== "" ? `request.arguments.${path}` : `request.${about}`;
  return { field, message };
}

/** The compiled WSDL that a run needs, without a promise when it is in memory; null for a raw envelope. */
export function findWsdl({ id, soap }: TransportPlan): Wsdl | null | Promise<Wsdl> {
  return soap?.wsdl && !soap.settings.raw ? getCompiledWsdl(id, soap.wsdl) : null;
}
