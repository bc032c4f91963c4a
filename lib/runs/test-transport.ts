import { v7 } from "uuid";
import { type Context, requirePermission } from "../identity/context.ts";
import { joinUrl } from "../transports/join-url.ts";
import { loadTransportPlan } from "../transports/plan.ts";
import { soapUnusable } from "../transports/send.ts";
import { executeRun } from "./execute.ts";
import type { Run } from "./model.ts";
import { type TestTransportInput, testTransportInput } from "./schema.ts";

/** Nobody waits longer for a test, whatever the transport's timeouts. */
const maxTestMs = 120_000;

/**
 * Sends one request over a transport, with its Authorization, and returns the finished run; its event is `test`.
 * @throws AppError `not_found`, `forbidden`, `transport_unusable`, `invalid_input`
 */
export async function testTransport(ctx: Context, id: string, input: TestTransportInput = {}): Promise<Run> {
  const { plan, node } = await loadTransportPlan(id);
  requirePermission(ctx, "transports.test", node.path);
  if (!plan.http) throw soapUnusable();
  const { path, method, body } = testTransportInput.parse(input);
  const [plainPath, search] = splitAt(path, "?");
  return executeRun({
    runId: v7(),
    event: "test",
    actor: ctx.actor.name,
    trigger: null,
    node,
    transport: plan,
    request: {
      method: method ?? plan.http.method,
      url: joinUrl(plan.http.url, plainPath, search),
      headers: plan.http.headers.map(({ name, value }) => [name, value]),
      body: body === "" ? null : body,
    },
    maxExecutionMs: maxTestMs,
  });
}

function splitAt(text: string, mark: string): [string, string] {
  const index = text.indexOf(mark);
  return index === -1 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}
