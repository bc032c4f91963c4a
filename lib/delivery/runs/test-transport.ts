import { v7 } from "uuid";
import type { z } from "zod";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { loadTransportPlan, type SoapPlan, type TransportPlan } from "#lib/delivery/transports/plan.ts";
import { openTransportHeaders } from "#lib/delivery/transports/secret-headers.ts";
import { joinUrl } from "#lib/delivery/transports/send.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { requireSignIn } from "./authorization.ts";
import { executeRun } from "./execute.ts";
import type { Run, RunRequest } from "./model.ts";
import { type TestTransportInput, testTransportInput } from "./schema.ts";

/** Nobody waits longer for a test, whatever the transport's timeouts. */
const maxTestMs = 120_000;

/**
 * Sends one request over a transport, with its Authorization, and returns the finished run; its event is `test`.
 * @throws AppError `not_found`, `forbidden`, `profile_sign_in_required`, `transport_unusable`, `invalid_input`
 */
export async function testTransport(ctx: Context, id: string, input: TestTransportInput = {}): Promise<Run> {
  const { plan, node } = await loadTransportPlan(id);
  requirePermission(ctx, "transports.test", node.path);
  await requireSignIn(plan, ctx.actor);
  const test = testTransportInput.parse(input);
  return executeRun({
    runId: v7(),
    event: "test",
    actor: ctx.actor,
    trigger: null,
    node,
    transport: plan,
    request: plan.soap ? toSoapTest(plan.soap, test.body) : toHttpTest(plan, test),
    soap: null,
    maxExecutionMs: maxTestMs,
  });
}

function toHttpTest(plan: TransportPlan, { path, method, body }: z.output<typeof testTransportInput>): RunRequest {
  const http = plan.http!;
  const [plainPath = "", ...search] = path.split("?");
  return {
    method: method ?? http.method,
    url: joinUrl(http.url, plainPath, search.join("?")),
    headers: http.headers.map(({ name, value }) => [name, value]),
    body: body === "" ? null : body,
    secretHeaders: http.headers.flatMap(({ setAt }, index) =>
      setAt === undefined ? [] : [{ index, open: () => openTransportHeaders(plan)[index]!.value }],
    ),
  };
}

/**
 * Asks for the WSDL, which changes nothing at the service; without one, whether anything answers where the calls go. An envelope
 * as the body is sent there as it is.
 */
function toSoapTest({ settings, endpoint, soapVersion }: SoapPlan, body: string): RunRequest {
  if (body !== "") {
    const type = soapVersion === "1.2" ? "application/soap+xml" : "text/xml";
    const headers: [string, string][] = [["content-type", `${type}; charset=utf-8`]];
    if (soapVersion !== "1.2") headers.push(["soapaction", '""']);
    return { method: "POST", url: requireEndpoint(endpoint), headers, body };
  }
  const url = settings.wsdlUrl === "" ? requireEndpoint(endpoint) : settings.wsdlUrl;
  return { method: "GET", url, headers: [["accept", "text/xml, application/xml;q=0.9, */*;q=0.1"]], body: null };
}

function requireEndpoint(endpoint: string | null): string {
  if (endpoint !== null) return endpoint;
  throw new AppError("transport_unusable", "It is not known where the calls of this transport go.", {
    hint: "Enter an endpoint URL in the transport, or read its WSDL again.",
  });
}
