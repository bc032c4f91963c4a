import type { HttpSettings } from "#lib/delivery/transports/definition.ts";
import { parseExactJson } from "#lib/platform/edges/exact-json.ts";
import { buildRequest, compileRequest } from "./compile-request.ts";
import { compileSoapRequest, type OwnHeaders, renderSoapCall } from "./compile-soap-request.ts";
import type { HttpRequestTemplate, SoapRequestTemplate } from "./model.ts";
import type { Scope } from "./template.ts";

// What threads do for build-untrusted.ts. A scope comes as JSON, which keeps the digits of its numbers.

/** Secret headers aren't opened in threads: functions can't leave them. */
export function buildHttp(request: HttpRequestTemplate, http: HttpSettings, scope: string) {
  const { secretHeaders: _, ...built } = buildRequest(compileRequest(request, http), parseExactJson(scope) as Scope);
  return built;
}

export const renderCall = (request: SoapRequestTemplate, soap: OwnHeaders, scope: string) =>
  renderSoapCall(compileSoapRequest(request), soap, parseExactJson(scope) as Scope);
