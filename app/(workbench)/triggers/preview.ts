import type { Context } from "#lib/access/permissions/context.ts";
import { compileRequest } from "#lib/delivery/requests/compile-request.ts";
import { compileSoapRequest } from "#lib/delivery/requests/compile-soap-request.ts";
import { requestTemplate } from "#lib/delivery/triggers/definition.ts";
import { previewTrigger, type TriggerPreview } from "#lib/delivery/triggers/preview-trigger.ts";
import type { PreviewInput } from "#lib/delivery/triggers/schema.ts";

/** A request as it would be sent, the variables that its template names, and where it does not fit the WSDL. */
export type Preview = Pick<TriggerPreview, "problems"> & { request: TriggerPreview; variables: string[] };

/** Variables without a sample get their own name as one, so that the request can be shown before anybody filled them in. */
export async function previewWithSamples(ctx: Context, input: PreviewInput): Promise<Preview> {
  const variables = listNames(input);
  const samples = Object.fromEntries(variables.map((name) => [name, name]));
  const request = await previewTrigger(ctx, { ...input, variables: { ...samples, ...input.variables } });
  return { request, variables, problems: request.problems };
}

function listNames(input: PreviewInput): string[] {
  const request = requestTemplate.parse(input.request);
  if ("operation" in request) return compileSoapRequest(request).variables;
  // A transport's own headers are no templates, so any transport will do.
  const anywhere = { url: "https://example.com", method: "GET" as const, headers: [] };
  return compileRequest(request, anywhere).variables;
}
