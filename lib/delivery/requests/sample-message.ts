import { compileRequest } from "./compile-request.ts";
import { compileSoapRequest } from "./compile-soap-request.ts";
import { isSoapRequest, type RequestTemplate } from "./model.ts";
import { sampleWebhook, type WebhookScope } from "./template.ts";

/** What a webhook has to bring for a request: everything that its templates use, each value its own name. */
export function sampleMessage(request: RequestTemplate): WebhookScope {
  if (isSoapRequest(request)) return sampleWebhook(compileSoapRequest(request).templates);
  // A transport's own headers are no templates, so any transport will do.
  return sampleWebhook(compileRequest(request, { url: "https://example.com", method: "GET", headers: [] }).templates);
}
