import { z } from "zod";
import { headerName } from "#lib/delivery/transports/definition.ts";
import { field, labelsOf } from "#lib/platform/definitions/field.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import { valueSchema } from "#lib/platform/header-values/value-schema.ts";
import { findCronMistake, isTimeZone } from "./cron.ts";

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
const header = valueSchema(headerName, headerTemplate, isSecretHeader);

const queryName = z.string().min(1, "A query parameter needs a name.").max(200);
const queryList = z.array(z.object({ name: queryName, value: template(4000) })).max(200);
/** The object is the older form; a list keeps the order and lets names repeat. */
const query = z
  .union([
    queryList,
    z
      .record(queryName, template(4000))
      .transform((members) => Object.entries(members).map(([name, value]) => ({ name, value })))
      .pipe(queryList),
  ])
  .meta({ description: "A list of name and value, or an object. It's returned as a list." });

/** The request of an HTTP trigger. Path, query values, header values and body are templates. */
export const httpRequestTemplate = z.object({
  path: template(2000)
    .trim()
    .refine((path) => path === "" || path.startsWith("/"), "A path begins with / or is empty.")
    .default(""),
  query: query.default([]),
  headers: z.array(header).max(50).default([]),
  body: template(256 * 1024).default(""),
});

/** The request of a WS_SOAP trigger: an operation with its arguments, or a raw envelope. */
export const soapRequestTemplate = z
  .object({
    operation: z.string().trim().max(200),
    arguments: z.record(z.string(), z.json()).default({}),
    headers: template(64 * 1024)
      .optional()
      .meta({ description: "Header blocks of this call, as XML." }),
    safeToRepeat: z.boolean().optional().meta({
      description: "Whether the call may be sent again with a fresh token after a Fault that tells of an expired one.",
    }),
    envelope: template(512 * 1024)
      .optional()
      .meta({ description: "A whole envelope, for a transport of raw envelopes." }),
    action: template(2000)
      .refine((text) => !/[\r\n"]/.test(text), "An action may not hold quotes or line breaks.")
      .optional()
      .meta({ description: "SOAPAction of a raw envelope." }),
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

const triggerEvent = z.discriminatedUnion(
  "kind",
  [
    z.object({ kind: z.literal("on_demand") }),
    z.object({
      kind: z.literal("schedule"),
      cron,
      timezone,
      catchUp: z
        .enum(["skip", "once"])
        .default("skip")
        .meta({ description: "What follows times that passed while no worker was there." }),
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
      // An API key always counts.
      authentication: z.enum(["signature", "api_key"]).default("signature"),
      respond: z.enum(["run", "accepted"]).default("run").meta({ description: "The finished run, or 202 at once." }),
    }),
  ],
  "event.kind must be on_demand, schedule or webhook.",
);

const wholeNumber = (min: number, max: number) =>
  z.number("Enter a number.").int("Enter a whole number.").min(min).max(max);

/** What fires a trigger. */
export type TriggerEvent = z.output<typeof triggerEvent>;
export type CatchUp = Extract<TriggerEvent, { kind: "schedule" }>["catchUp"];
export type WebhookAuthentication = Extract<TriggerEvent, { kind: "webhook" }>["authentication"];
export type WebhookRespond = Extract<TriggerEvent, { kind: "webhook" }>["respond"];

/** The fields that a column of the same name holds, apart from event and request. */
export const plainFields = {
  name: field("Trigger Name", z.string().trim().min(1, "Enter a name.").max(200)),
  nodeId: field("Node", z.uuid("Pick a node.")),
  transportId: field("Transport", z.uuid("Pick a transport.")),
  enabled: field("Enabled", z.boolean().default(true)),
  maxInProgress: field("Max in progress", wholeNumber(0, 1000).default(0)),
  queueSize: field("Queue size", wholeNumber(0, 10_000).default(0)),
  maxExecutionMs: field("Max execution time", wholeNumber(100, 600_000).default(60_000)),
  repeatInterrupted: field(
    "Repeat after an interruption",
    z.boolean().default(false).meta({
      description: "Whether a queued run is made again when the worker that made it ended in the middle.",
    }),
  ),
  holdHours: field(
    "Hold when authentication fails",
    wholeNumber(0, 168).default(0).meta({
      description:
        "For how many hours a run that failed on authentication is held, to be made again when its credential works; 0 = not at all.",
    }),
  ),
  notes: field("Notes", z.string().max(10_000).default("")),
};

/** The fields of a trigger. */
export const triggerFields = {
  ...plainFields,
  event: field("Event", triggerEvent.default({ kind: "on_demand" })),
  request: field("Request", requestTemplate),
};

/** The labels of all fields, and of what is inside them, by their names in form and API. */
export const triggerLabels = {
  ...labelsOf(triggerFields),
  "event.cron": "Cron expression",
  "event.timezone": "Time zone",
  "event.catchUp": "Missed times",
  "event.paused": "Paused",
  "event.slug": "Webhook name",
  "event.authentication": "Authentication",
  "event.respond": "Answer",
  "request.path": "Path",
  "request.query": "Query parameters",
  "request.headers": "Headers",
  "request.body": "Body",
  "request.operation": "Operation",
  "request.arguments": "Arguments",
  "request.soapHeaders": "SOAP header blocks",
  "request.safeToRepeat": "Safe to repeat",
  "request.envelope": "Envelope",
  "request.action": "Action",
};
