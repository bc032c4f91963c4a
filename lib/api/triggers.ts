import { z } from "zod";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { releaseRuns } from "#lib/delivery/firing/release-runs.ts";
import { transportTypes } from "#lib/delivery/transports/definition.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { deleteTrigger } from "#lib/delivery/trigger-edits/delete-trigger.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { rotateInput, rotateWebhookSecret } from "#lib/delivery/trigger-edits/webhook-secret.ts";
import { triggerFields } from "#lib/delivery/triggers/definition.ts";
import type { SavedTrigger, TriggerDetail, TriggerSummary } from "#lib/delivery/triggers/model.ts";
import { previewTrigger } from "#lib/delivery/triggers/preview-trigger.ts";
import { getTrigger, listTriggers } from "#lib/delivery/triggers/read-triggers.ts";
import {
  previewInput,
  runTriggerInput,
  triggerInput,
  triggerQuery,
  triggerUpdate,
} from "#lib/delivery/triggers/schema.ts";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { id, instant, pageOf, version } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";
import { requestReceipt, run } from "./runs.ts";

const { request, notes, ...fields } = readBack(triggerFields);

const summary = {
  id,
  version,
  ...fields,
  nodeName: z.string(),
  transportName: z.string(),
  transportType: z.enum(transportTypes),
  credentialId: id.nullable().meta({ description: "The credential of the transport." }),
  credentialName: z.string().nullable(),
  held: z.int().meta({ description: "How many of its runs are held." }),
  queued: z.int().meta({ description: "How many of its runs wait for a slot or a worker." }),
  lastRun: z.object({ id, status: z.string(), startedAt: instant }).nullable(),
  createdAt: instant,
  updatedAt: instant,
};

const requestProblem = z.object({
  path: z.string().meta({ examples: ["order.lines[2].price"] }),
  message: z.string(),
  about: z.enum(["operation", "arguments", "envelope", "headers"]),
});

const triggerSummary = named("TriggerSummary", z.object(summary)) as unknown as z.ZodType<TriggerSummary>;
const detail = z.object({
  ...summary,
  request,
  variables: z.array(z.string()).meta({ description: "Names that the request uses as variables.NAME." }),
  jsonVariables: z.array(z.string()).meta({
    description: "Of these, the ones in the place of a JSON value: numbers, true and objects are sent as such.",
  }),
  schedule: z
    .object({
      nextDueAt: instant.nullable().meta({ description: "Null while it is paused or the trigger disabled." }),
      lastDueAt: instant.nullable(),
      missed: z.int().meta({ description: "Due times that passed without a run, the last time that this happened." }),
      missedUntil: instant.nullable(),
    })
    .nullable(),
  webhook: z
    .object({
      path: z.string(),
      secretSetAt: instant.nullable(),
      previousSecretUntil: instant.nullable().meta({ description: "Until when the secret before it counts too." }),
    })
    .nullable(),
  notes,
});
const triggerDetail = named("Trigger", detail) as unknown as z.ZodType<TriggerDetail>;
const savedTrigger = named(
  "SavedTrigger",
  detail.extend({
    webhookSecret: z.string().nullable().meta({ description: "A secret that was made now; it is never shown again." }),
  }),
) as unknown as z.ZodType<SavedTrigger>;

const tag = "Triggers";
const read = { tag, permission: "triggers.read" } as const;
const write = { tag, permission: "triggers.write" } as const;

export const triggerEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/triggers",
    summary: "List triggers",
    query: triggerQuery,
    answer: pageOf(triggerSummary),
    run: (ctx, { query }) => listTriggers(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/triggers",
    summary: "Create a trigger",
    body: named("TriggerInput", triggerInput),
    example: {
      name: "Send order",
      nodeId: "01890a5d-ac96-774b-bcce-b302099a8057",
      transportId: "01890a60-31c2-7e1b-8d0a-4f2b9c3d5e6f",
      enabled: true,
      event: { kind: "on_demand" },
      request: { path: "/orders", query: [{ name: "a", value: "1" }], headers: [], body: '{"id":"{{variables.id}}"}' },
      maxInProgress: 0,
      queueSize: 0,
      maxExecutionMs: 60_000,
    },
    answer: savedTrigger,
    status: 201,
    problems: ["name_taken", "template_invalid"],
    run: (ctx, { body }) => createTrigger(ctx, body),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/triggers/{id}",
    summary: "Read a trigger",
    answer: triggerDetail,
    run: (ctx, input) => getTrigger(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/triggers/{id}",
    summary: "Change a trigger",
    description: "Members that are left out stay as they are.",
    body: named("TriggerUpdate", triggerUpdate),
    example: { version: 1, enabled: false },
    answer: savedTrigger,
    problems: ["stale_version", "name_taken", "template_invalid"],
    run: (ctx, input) => updateTrigger(ctx, input.id, input.body),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/triggers/{id}",
    summary: "Delete a trigger",
    description: "Its runs stay. This cannot be undone.",
    run: (ctx, input) => deleteTrigger(ctx, input.id),
  }),
  defineEndpoint({
    tag,
    permission: "triggers.run",
    method: "post",
    path: "/triggers/{id}/run",
    summary: "Run a trigger",
    description:
      "Answers 200 with the finished run, whether it succeeded or not: look at `status`, and at `error` when it failed. One that waits for a place comes back as `queued`, one that is held as `held`.",
    body: named("RunInput", runTriggerInput),
    example: { variables: { id: "4711" } },
    answer: run,
    problems: ["trigger_disabled", "transport_unusable", "template_invalid"],
    run: (ctx, input) => fireTrigger(ctx, input.id, input.body),
  }),
  defineEndpoint({
    tag,
    permission: "triggers.run",
    method: "post",
    path: "/triggers/{id}/release",
    summary: "Make all held runs of a trigger again now",
    description: "Without waiting for the credential.",
    answer: z.object({ released: z.int() }),
    run: (ctx, input) => releaseRuns(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/triggers/{id}/rotate-secret",
    summary: "Make a new signing secret for a webhook",
    description: "It is shown this once. The one before counts too for `overlapHours`, so that senders can change.",
    body: named("RotateSecret", rotateInput),
    example: { overlapHours: 24 },
    answer: z.object({ secret: z.string(), secretSetAt: instant, previousSecretUntil: instant.nullable() }),
    problems: ["conflict"],
    run: (ctx, input) => rotateWebhookSecret(ctx, input.id, input.body),
  }),
  defineEndpoint({
    tag,
    permission: "triggers.write",
    method: "post",
    path: "/triggers/preview",
    summary: "See the request that a trigger would send",
    description:
      "Sends nothing and needs no saved trigger. The Authorization header is not part of it. For WS_SOAP the body is the envelope, and `problems` says where the arguments do not fit the WSDL.",
    body: named("TriggerPreview", previewInput),
    answer: requestReceipt.extend({ problems: z.array(requestProblem) }),
    problems: ["template_invalid", "transport_unusable"],
    run: (ctx, { body }) => previewTrigger(ctx, body),
  }),
];
