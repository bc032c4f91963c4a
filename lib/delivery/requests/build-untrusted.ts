import type { RunRequest } from "#lib/delivery/runs/model.ts";
import type { SoapCall } from "#lib/delivery/runs/soap.ts";
import { createRunUntrusted } from "#lib/platform/threads/run-untrusted.ts";
import type { WorkBudget } from "#lib/platform/threads/thread-pool.ts";
import { buildRequest, type CompiledRequest, listSecretHeaders } from "./compile-request.ts";
import { type CompiledSoapRequest, type OwnHeaders, renderSoapCall } from "./compile-soap-request.ts";
import { inlineLimits } from "./rendering/limits.ts";
import { isRenderLimit, type Scope, templateError } from "./template.ts";

const runUntrusted = createRunUntrusted<typeof import("./tasks.ts")>("lib/delivery/requests/tasks.ts");

/** Far more than any request needs that someone wants to send. */
const budget: WorkBudget = { ms: 10_000, exceeded: (reason) => templateError("request", `rendering it ${reason}`) };

/** `buildRequest`, without a promise unless it's much work, and its errors. */
export function buildUntrusted(compiled: CompiledRequest, scope: Scope): RunRequest | Promise<RunRequest> {
  const { source, http } = compiled;
  return orInThread(
    () => buildRequest(compiled, scope, inlineLimits),
    async () => ({
      ...(await runUntrusted("buildHttp", [source, http, JSON.stringify(scope)], budget)),
      ...listSecretHeaders(compiled, scope),
    }),
  );
}

/** `renderSoapCall`, without a promise unless it's much work, and its errors. */
export function renderUntrusted(
  compiled: CompiledSoapRequest,
  { settings: { headers } }: OwnHeaders,
  scope: Scope,
): SoapCall | Promise<SoapCall> {
  const own = { settings: { headers } };
  return orInThread(
    () => renderSoapCall(compiled, own, scope, inlineLimits),
    () => runUntrusted("renderCall", [compiled.source, own, JSON.stringify(scope)], budget),
  );
}

/** What exceeds the limits of the event loop is made again in a thread, which has others. */
function orInThread<T>(make: () => T, makeInThread: () => Promise<T>): T | Promise<T> {
  try {
    return make();
  } catch (err) {
    if (!isRenderLimit(err)) throw err;
    return makeInThread();
  }
}
