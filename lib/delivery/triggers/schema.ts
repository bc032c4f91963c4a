import { z } from "zod";
import { editOf } from "#lib/platform/definitions/derive.ts";
import { isJsonValue } from "#lib/platform/edges/exact-json.ts";
import { triggerFields } from "./definition.ts";

/** A trigger as a form or a program sends it. */
export const triggerInput = z.object(triggerFields);
export type TriggerInput = z.infer<typeof triggerInput>;
/** What a form holds before the defaults are put in. */
export type TriggerFormValues = z.input<typeof triggerInput>;

/** An edit: the version that it was made from, and the fields that change. */
export const triggerUpdate = editOf(triggerFields);
export type TriggerUpdate = z.infer<typeof triggerUpdate>;

/** Filters of the list. `nodeId` covers what is under the node too. */
export const triggerQuery = z.object({
  q: z.string().trim().max(200).optional(),
  nodeId: z.uuid().optional(),
  transportId: z.uuid().optional(),
  credentialId: z.uuid().optional(),
  enabled: z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]).optional(),
  sort: z.enum(["name", "-name"]).default("name"),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type TriggerQuery = z.input<typeof triggerQuery>;

/** Anything that JSON can say; numbers keep their digits. */
const jsonValue = z.unknown().refine(isJsonValue, "Enter a JSON value.");

/** Values for a run, by name. */
export const variablesInput = z.record(z.string().min(1).max(100), jsonValue);

/** What a webhook would bring, to try its trigger by hand. */
const webhookInput = z.object({
  body: jsonValue.default(null),
  headers: z.record(z.string().toLowerCase().min(1).max(200), z.string().max(8000)).default({}),
  query: z.record(z.string().min(1).max(200), z.string().max(8000)).default({}),
});

/** `POST triggers/{id}/run`. `webhook` stands for what a sender would bring, in the request of a webhook trigger. */
export const runTriggerInput = z.object({ variables: variablesInput.default({}), webhook: webhookInput.optional() });
export type RunTriggerInput = z.input<typeof runTriggerInput>;

/** What a preview is made from: a transport and a request that need not be saved yet. */
export const previewInput = z.object({
  transportId: triggerFields.transportId,
  request: triggerFields.request,
  variables: variablesInput.default({}),
  webhook: webhookInput.optional(),
});
export type PreviewInput = z.input<typeof previewInput>;
