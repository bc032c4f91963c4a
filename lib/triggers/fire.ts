import { v7 } from "uuid";
import { AppError, invalidInput } from "../errors.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { getLog } from "../log.ts";
import { requireSignIn } from "../runs/authorization.ts";
import { executeRun, type RunOrder, recordRefusal } from "../runs/execute.ts";
import type { Run, RunRequest } from "../runs/model.ts";
import { checkSoapUsable, type SoapOrder, startSoapRequest } from "../runs/soap.ts";
import type { Wsdl } from "../soap/model.ts";
import type { SoapPlan } from "../transports/plan.ts";
import { buildRequest } from "./compile-request.ts";
import { type CompiledSoapRequest, renderSoapCall } from "./compile-soap-request.ts";
import { giveBackLease, takeLease, tooManyInProgress } from "./lease.ts";
import { getTriggerPlan, type TriggerPlan } from "./plan.ts";
import type { RunTriggerInput } from "./schema.ts";
import { checkMode, findCallProblems, findWsdl, toFieldError } from "./soap-problems.ts";
import type { Scope } from "./template.ts";

/**
 * Fires a trigger on demand and returns the finished run, whether it succeeded or not.
 * @param input values of the variables that the request names, parsed by `runTriggerInput`.
 * @throws AppError before a run is made: `not_found`, `forbidden`, `trigger_disabled`, `profile_sign_in_required`, `transport_unusable`, `invalid_input` at
 *   `variables.NAME`, `template_invalid`; `database_unavailable` when it could not be recorded
 */
export async function fireTrigger(ctx: Context, id: string, input: RunTriggerInput = {}): Promise<Run> {
  const plan = await getTriggerPlan(id);
  requirePermission(ctx, "triggers.run", plan.node.path);
  if (!plan.enabled) {
    throw new AppError("trigger_disabled", `The trigger ${plan.name} is disabled.`, {
      hint: "Enable it on its page, then run it.",
    });
  }
  const signedIn = requireSignIn(plan.transport, ctx.actor);
  if (signedIn instanceof Promise) await signedIn;
  const given = toOrder(plan, ctx, input.variables ?? {});
  const order = given instanceof Promise ? await given : given;
  if (plan.maxInProgress === 0) return executeRun(order);
  if (!(await takeLease(plan, order.runId))) return recordRefusal(order, tooManyInProgress(plan));
  try {
    return await executeRun(order);
  } finally {
    // It ends by itself at the run's deadline; the run is what counts.
    await giveBackLease(order.runId).catch((err) => getLog().warn({ err }, "a place in progress was not given back"));
  }
}

/** Without a promise unless a WSDL has to be read from the database first. */
function toOrder(
  { request: planned, ...plan }: TriggerPlan,
  ctx: Context,
  variables: Record<string, unknown>,
): RunOrder | Promise<RunOrder> {
  const runId = v7();
  const scope = { variables, run: { id: runId, startedAt: new Date().toISOString() } };
  const order = (request: RunRequest, soap: SoapOrder | null): RunOrder => ({
    runId,
    event: "on_demand",
    actor: ctx.actor,
    trigger: { id: plan.id, name: plan.name },
    node: plan.node,
    transport: plan.transport,
    request,
    soap,
    maxExecutionMs: plan.maxExecutionMs,
  });
  if (planned.kind === "http") return order(buildRequest(planned.compiled, scope), null);
  const { compiled, soap } = planned;
  const finish = (wsdl: Wsdl | null) => order(startSoapRequest(soap), buildSoapOrder(compiled, soap, scope, wsdl));
  const wsdl = findWsdl(plan.transport);
  return wsdl instanceof Promise ? wsdl.then(finish) : finish(wsdl);
}

/**
 * The call of a run, checked against the WSDL before anything is sent.
 * @throws AppError `invalid_input` at `request.arguments.PATH` or `variables.NAME`, `template_invalid`, `transport_unusable`
 */
function buildSoapOrder(compiled: CompiledSoapRequest, soap: SoapPlan, scope: Scope, wsdl: Wsdl | null): SoapOrder {
  const call = renderSoapCall(compiled, soap, scope);
  const misfit = checkMode(soap, call.envelope !== null);
  if (misfit) throw invalidInput([toFieldError(misfit)]);
  checkSoapUsable(soap, call);
  const problems = wsdl && call.envelope === null ? findCallProblems(wsdl, soap.settings, call, compiled) : [];
  if (problems.length > 0) throw invalidInput(problems.map(toFieldError));
  return { call, wsdl };
}
