import type { QueuedInput } from "#lib/delivery/queue/model.ts";
import { buildUntrusted, renderUntrusted } from "#lib/delivery/requests/build-untrusted.ts";
import type { CompiledSoapRequest } from "#lib/delivery/requests/compile-soap-request.ts";
import type { Scope } from "#lib/delivery/requests/template.ts";
import type { RunRequest } from "#lib/delivery/runs/model.ts";
import type { RunOrder } from "#lib/delivery/runs/order.ts";
import { checkSoapUsable, type SoapOrder, startSoapRequest } from "#lib/delivery/runs/soap.ts";
import type { Wsdl } from "#lib/delivery/soap/model.ts";
import type { SoapPlan } from "#lib/delivery/transports/plan.ts";
import type { TriggerPlan } from "#lib/delivery/triggers/plan.ts";
import { checkMode, findCallProblems, findWsdl, toFieldError } from "#lib/delivery/wsdls/request-problems.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";

/** What fires a trigger: somebody, its schedule or its webhook, and what they bring. */
export type Firing = Pick<RunOrder, "runId" | "event" | "actor" | "queuedAt" | "heldUntil"> & { input: QueuedInput };

/**
 * The run that a trigger makes, its templates rendered. Without a promise unless a WSDL has to be read from the database first, or
 * it's large.
 * @throws AppError `invalid_input` at `variables.NAME` and the like, `template_invalid`, `transport_unusable`
 */
export function toOrder(plan: TriggerPlan, firing: Firing): RunOrder | Promise<RunOrder> {
  const { runId, input } = firing;
  const planned = plan.request;
  const run = { id: runId, startedAt: new Date().toISOString(), dueAt: input.dueAt };
  const scope = { variables: input.variables, run, webhook: input.webhook };
  if (planned.kind === "http") {
    return after(buildUntrusted(planned.compiled, scope), (request) => makeOrder(plan, firing, request, null));
  }
  const { compiled, soap } = planned;
  return after(findWsdl(plan.transport), (wsdl) =>
    after(buildSoapOrder(compiled, soap, scope, wsdl), (order) =>
      makeOrder(plan, firing, startSoapRequest(soap), order),
    ),
  );
}

/** Goes on with what's given, without a promise unless it's one. */
function after<T, R>(given: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return given instanceof Promise ? given.then(next) : next(given);
}

/** A run that is not made and of which nothing can be rendered: only where it would have gone. */
export function toBareOrder(plan: TriggerPlan, firing: Firing): RunOrder {
  const { http, soap } = plan.transport;
  const request = soap ? startSoapRequest(soap) : { method: http!.method, url: http!.url, headers: [], body: null };
  return makeOrder(plan, firing, request, null);
}

function makeOrder(
  plan: TriggerPlan,
  { input, ...fired }: Firing,
  request: RunRequest,
  soap: SoapOrder | null,
): RunOrder {
  return {
    ...fired,
    ...(input.dueAt !== null && { dueAt: input.dueAt }),
    trigger: { id: plan.id, name: plan.name },
    node: plan.node,
    transport: plan.transport,
    request,
    soap,
    variables: input.variables,
    maxExecutionMs: plan.maxExecutionMs,
  };
}

/**
 * The call of a run, checked against the WSDL before anything is sent.
 * @throws AppError `invalid_input` at `request.arguments.PATH` or `variables.NAME`, `template_invalid`, `transport_unusable`
 */
function buildSoapOrder(
  compiled: CompiledSoapRequest,
  soap: SoapPlan,
  scope: Scope,
  wsdl: Wsdl | null,
): SoapOrder | Promise<SoapOrder> {
  return after(renderUntrusted(compiled, soap, scope), (call) => {
    const misfit = checkMode(soap, call.envelope !== null);
    if (misfit) throw invalidInput([toFieldError(misfit)]);
    checkSoapUsable(soap, call);
    const checked = wsdl && call.envelope === null ? findCallProblems(wsdl, soap.settings, call, compiled) : [];
    return after(checked, (problems): SoapOrder => {
      if (problems.length > 0) throw invalidInput(problems.map(toFieldError));
      return { call, wsdl };
    });
  });
}
