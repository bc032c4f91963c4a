import { v7 } from "uuid";
import { invalidInput } from "../errors.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import type { RunRequestReceipt } from "../runs/model.ts";
import { redactRequest } from "../runs/redact.ts";
import type { Authorization } from "../transports/model.ts";
import { loadTransportPlan, type PlannedAuthorization } from "../transports/plan.ts";
import { prepareRequest, soapUnusable } from "../transports/send.ts";
import { buildRequest, checkLiterals, compileRequest } from "./compile-request.ts";
import { isSoapRequest } from "./model.ts";
import type { PreviewInput } from "./schema.ts";

/**
 * The request that a trigger would send, as its receipt would show it. Nothing is sent and no token is asked for.
 * @throws AppError `not_found`, `forbidden`, `transport_unusable`, `invalid_input`, `template_invalid`
 */
export async function previewTrigger(ctx: Context, input: PreviewInput): Promise<RunRequestReceipt> {
  const { plan, node } = await loadTransportPlan(input.transportId);
  requirePermission(ctx, "transports.read", node.path);
  if (!plan.http) throw soapUnusable();
  const request = input.request;
  if ("operation" in request) {
    throw invalidInput([
      { field: "request", message: "A transport of type HTTP needs a request with path, query and body." },
    ]);
  }
  const template = { path: "", query: {}, headers: [], body: "", ...request };
  if (isSoapRequest(template)) throw soapUnusable();
  const compiled = compileRequest(template, plan.http);
  checkLiterals(compiled);
  const run = { id: v7(), startedAt: new Date().toISOString() };
  const built = buildRequest(compiled, { variables: input.variables ?? {}, run });
  return redactRequest(prepareRequest(built, placeholder(plan.authorization)), []);
}

/** Shows that there will be an Authorization; the redaction takes the value away. */
function placeholder(authorization: PlannedAuthorization): Authorization {
  if (authorization.kind === "none") return { kind: "none" };
  if (authorization.kind === "basic") return { kind: "basic", username: authorization.username, password: "" };
  return { kind: "bearer", token: "" };
}
