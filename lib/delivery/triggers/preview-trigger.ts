import { v7 } from "uuid";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { buildUntrusted, renderUntrusted } from "#lib/delivery/requests/build-untrusted.ts";
import { checkLiterals } from "#lib/delivery/requests/compile-request.ts";
import { type Scope, sampleWebhook } from "#lib/delivery/requests/template.ts";
import type { RunRequest, RunRequestReceipt } from "#lib/delivery/runs/model.ts";
import { redactRequest } from "#lib/delivery/runs/redact.ts";
import { buildSoapRequest, checkSoapUsable, startSoapRequest } from "#lib/delivery/runs/soap.ts";
import { loadTransportPlan, type PlannedAuthorization, type TransportPlan } from "#lib/delivery/transports/plan.ts";
import { prepareRequest } from "#lib/delivery/transports/send.ts";
import { checkMode, findCallProblems, findWsdl, type RequestProblem } from "#lib/delivery/wsdls/request-problems.ts";
import { nothingSent } from "#lib/platform/redaction/echoes.ts";
import { requestTemplate } from "./definition.ts";
import { type PlannedRequest, planRequest } from "./plan.ts";
import type { PreviewInput } from "./schema.ts";

/** The request that would be sent, and where it does not fit the WSDL; with problems the envelope may be missing. */
export type TriggerPreview = RunRequestReceipt & { problems: RequestProblem[] };

/**
 * The request that a trigger would send, as its receipt would show it. What its templates use of a webhook stands there by its name,
 * unless it is given. Nothing is sent and no token is asked for.
 * @throws AppError `not_found`, `forbidden`, `transport_unusable`, `invalid_input`, `template_invalid`
 */
export async function previewTrigger(ctx: Context, input: PreviewInput): Promise<TriggerPreview> {
  const { plan, node } = await loadTransportPlan(input.transportId);
  requirePermission(ctx, "transports.read", node.path);
  const planned = planRequest(requestTemplate.parse(input.request), plan);
  const run = { id: v7(), startedAt: new Date().toISOString(), dueAt: null };
  const webhook = input.webhook
    ? { body: null, headers: {}, query: {}, ...input.webhook }
    : sampleWebhook(planned.compiled.templates);
  const scope = { variables: input.variables ?? {}, run, webhook };
  const show = (request: RunRequest, problems: RequestProblem[]): TriggerPreview => {
    return { ...redactRequest(prepareRequest(request, placeholder(plan.authorization)), nothingSent), problems };
  };
  if (planned.kind === "soap") {
    const { request, problems } = await previewCall(plan, planned, scope);
    return show(request, problems);
  }
  checkLiterals(planned.compiled);
  return show(await buildUntrusted(planned.compiled, scope), []);
}

async function previewCall(
  plan: TransportPlan,
  { compiled, soap }: Extract<PlannedRequest, { kind: "soap" }>,
  scope: Scope,
): Promise<{ request: RunRequest; problems: RequestProblem[] }> {
  const call = await renderUntrusted(compiled, soap, scope);
  const misfit = checkMode(soap, call.envelope !== null);
  if (misfit) return { request: startSoapRequest(soap), problems: [misfit] };
  checkSoapUsable(soap, call);
  const wsdl = await findWsdl(plan);
  const problems = wsdl ? await findCallProblems(wsdl, soap.settings, call, compiled) : [];
  try {
    const { request } = await buildSoapRequest({ call, wsdl }, withoutPassword(plan), new Date());
    return { request, problems };
  } catch (err) {
    if (problems.length === 0) throw err;
    return { request: startSoapRequest(soap), problems };
  }
}

/** A preview opens no secret: the receipt would not show it. */
function withoutPassword(plan: TransportPlan): TransportPlan {
  return { ...plan, soap: plan.soap && { ...plan.soap, wssePasswordEnvelope: null } };
}

/** Shows that there will be an Authorization; the redaction takes the value away. */
function placeholder({ kind }: PlannedAuthorization): [string, string][] {
  return kind === "none" ? [] : [["authorization", kind === "basic" ? "Basic " : "Bearer "]];
}
