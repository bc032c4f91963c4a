import type { Context } from "#lib/identity/context.ts";
import type { RunRequestReceipt } from "#lib/runs/model.ts";
import { compileRequest } from "#lib/triggers/compile-request.ts";
import { previewTrigger } from "#lib/triggers/preview-trigger.ts";
import type { PreviewInput } from "#lib/triggers/schema.ts";

/** A request as it would be sent, and the variables that its template names. */
export type Preview = { request: RunRequestReceipt; variables: string[] };

/** Variables without a sample get their own name as one, so that the request can be shown before anybody filled them in. */
export async function previewWithSamples(ctx: Context, input: PreviewInput): Promise<Preview> {
  const variables = "operation" in input.request ? [] : listNames(input.request);
  const samples = Object.fromEntries(variables.map((name) => [name, name]));
  const request = await previewTrigger(ctx, { ...input, variables: { ...samples, ...input.variables } });
  return { request, variables };
}

function listNames(request: Exclude<PreviewInput["request"], { operation: string }>): string[] {
  // A transport's own headers are no templates, so any transport will do.
  const anywhere = { url: "https://example.com", method: "GET" as const, headers: [] };
  return compileRequest({ path: "", query: {}, headers: [], body: "", ...request }, anywhere).variables;
}
