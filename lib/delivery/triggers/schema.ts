import { z } from "zod";
import { headerName } from "#lib/delivery/transports/schema.ts";
import { findCronMistake, isTimeZone } from "./cron.ts";
import { catchUps, webhookAuthentications, webhookResponds } from "./model.ts";

/** NUL would be taken for a mark of the renderer, and no request may hold it anyway. */
const template = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes("\0"), "A template may not hold the character NUL.");

const headerTemplate = template(8000).refine(
  (text) => !/[\r\n]/.test(text),
  "A header value may not hold line breaks.",
);

/** The request of an HTTP trigger. Path, query values, header values and body are templates. */
export const httpRequestTemplate = z.object({
  path: template(2000)
    .trim()
    .refine((path) => path === "" || path.startsWith("/"), "A path begins with / or is empty.")
    .default(""),
  query: z.record(z.string().min(1, "A query parameter needs a name.").max(200), template(4000)).default({}),
  headers: z
    .array(z.object({ name: headerName, value: headerTemplate }))
    .max(50)
    .default([]),
  body: template(256 * 1024).default(""),
});

/** The request of a WS_SOAP trigger: an operation with its arguments, or a raw envelope. */
export const soapRequestTemplate = z
  .object({
    operation: z.string().trim().max(200),
    arguments: z.record(z.string(), z.json()).default({}),
    headers: template(64 * 1024).optional(),
    safeToRepeat: z.boolean().optional(),
    envelope: template(512 * 1024).optional(),
    action: template(2000)
      .refine((text) => !/[\r\n"]/.test(text), "An action may not hold quotes or line breaks.")
      .optional(),
  })
  .refine((request) => request.operation !== "" || request.envelope, {
    path: ["operation"],
    error: "Enter the operation's name as in the WSDL.",
  });

/** A request whose kind must fit the transport's type; one with `operation` is for WS_SOAP. */
export const requestTemplate = z.union([soapRequestTemplate, httpRequestTemplate]);

const cron = z
  .string()
  .trim()
  .max(200)
  .superRefine((text, context) => {
    const mistake = findCronMistake(text);
    if (mistake !== null) context.addIssue({ code: "custom", message: mistake });
  });
const timezone = z.string().trim().max(100).refine(isTimeZone, "Enter a time zone by its name, as in Europe/Berlin.");

/** What fires a trigger. */
export const triggerEvent = z.discriminatedUnion(
  "kind",
  [
    z.object({ kind: z.literal("on_demand") }),
    z.object({
      kind: z.literal("schedule"),
      cron,
      timezone,
      catchUp: z.enum(catchUps).default("skip"),
      paused: z.boolean().default(false),
    }),
    z.object({
      kind: z.literal("webhook"),
      slug: z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9](-?[a-z0-9])*$/, "Use small letters, digits and single dashes, as in orders-in.")
        .min(3, "Enter at least 3 characters.")
        .max(64),
      authentication: z.enum(webhookAuthentications).default("signature"),
      respond: z.enum(webhookResponds).default("run"),
    }),
  ],
  "event.kind must be on_demand, schedule or webhook.",
);

const wholeNumber = (min: number, max: number) =>
  z.number("Enter a number.").int("Enter a whole number.").min(min).max(max);

const name = z.string().trim().min(1, "Enter a name.").max(200);
const nodeId = z.uuid("Pick a node.");
const transportId = z.uuid("Pick a transport.");
const maxInProgress = wholeNumber(0, 1000);
const queueSize = wholeNumber(0, 10_000);
const maxExecutionMs = wholeNumber(100, 600_000);
const repeatInterrupted = z.boolean();
const holdHours = wholeNumber(0, 168);
const notes = z.string().max(10_000);

/** A trigger as a form or a program sends it. */
export const triggerInput = z.object({
  name,
  nodeId,
  transportId,
  enabled: z.boolean().default(true),
  event: triggerEvent.default({ kind: "on_demand" }),
  request: requestTemplate,
  maxInProgress: maxInProgress.default(0),
  queueSize: queueSize.default(0),
  maxExecutionMs: maxExecutionMs.default(60_000),
  repeatInterrupted: repeatInterrupted.default(false),
  holdHours: holdHours.default(0),
  notes: notes.default(""),
});
export type TriggerInput = z.infer<typeof triggerInput>;
/** What a form holds before the defaults are put in. */
export type TriggerFormValues = z.input<typeof triggerInput>;

/** An edit: the version that it was made from, and the fields that change. */
export const triggerUpdate = z.object({
  version: z.int32().positive(),
  name: name.optional(),
  nodeId: nodeId.optional(),
  transportId: transportId.optional(),
  enabled: z.boolean().optional(),
  event: triggerEvent.optional(),
  request: requestTemplate.optional(),
  maxInProgress: maxInProgress.optional(),
  queueSize: queueSize.optional(),
  maxExecutionMs: maxExecutionMs.optional(),
  repeatInterrupted: repeatInterrupted.optional(),
  holdHours: holdHours.optional(),
  notes: notes.optional(),
});
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

/** Values for a run, by name. Anything that JSON can say. */
export const variablesInput = z.record(z.string().min(1).max(100), z.json());

/** What a webhook would bring, to try its trigger by hand. */
const webhookInput = z.object({
  body: z.json().default(null),
  headers: z.record(z.string().toLowerCase().min(1).max(200), z.string().max(8000)).default({}),
  query: z.record(z.string().min(1).max(200), z.string().max(8000)).default({}),
});

/** `POST triggers/{id}/run`. `webhook` stands for what a sender would bring, in the request of a webhook trigger. */
export const runTriggerInput = z.object({ variables: variablesInput.default({}), webhook: webhookInput.optional() });
export type RunTriggerInput = z.input<typeof runTriggerInput>;

/** What a preview is made from: a transport and a request that need not be saved yet. */
export const previewInput = z.object({
  transportId,
  request: requestTemplate,
  variables: variablesInput.default({}),
  webhook: webhookInput.optional(),
});
export type PreviewInput = z.input<typeof previewInput>;
