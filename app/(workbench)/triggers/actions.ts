"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { findNodeChoices, findTransportOptions, optionQuery } from "#app/_shared/options/find-options.ts";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { releaseRuns } from "#lib/delivery/firing/release-runs.ts";
import { getTransport } from "#lib/delivery/transports/read-transports.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { deleteTrigger } from "#lib/delivery/trigger-edits/delete-trigger.ts";
import { setTriggerEnabled } from "#lib/delivery/trigger-edits/set-enabled.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { rotateInput, rotateWebhookSecret } from "#lib/delivery/trigger-edits/webhook-secret.ts";
import { previewInput, runTriggerInput, triggerInput, triggerUpdate } from "#lib/delivery/triggers/schema.ts";
import { describeTransportOperation } from "#lib/delivery/wsdls/operations.ts";
import { operationQuery } from "#lib/delivery/wsdls/schema.ts";
import { protectedAction } from "#lib/web/action.ts";
import { bulkAction } from "#lib/web/bulk.ts";
import { toKnownTransport } from "./_components/request-kind.ts";
import { previewWithSamples } from "./preview.ts";

const byId = z.object({ id: z.uuid() });

export const addTrigger = protectedAction(
  { permission: "triggers.write", schema: triggerInput },
  async (ctx, input) => {
    const trigger = await createTrigger(ctx, input);
    // The tree panel shows it too.
    revalidatePath("/", "layout");
    return trigger;
  },
);

export const saveTrigger = protectedAction(
  { permission: "triggers.write", schema: byId.extend({ update: triggerUpdate }) },
  async (ctx, { id, update }) => {
    const trigger = await updateTrigger(ctx, id, update);
    revalidatePath("/", "layout");
    return trigger;
  },
);

export const removeTrigger = protectedAction({ permission: "triggers.write", schema: byId }, async (ctx, { id }) => {
  await deleteTrigger(ctx, id);
  revalidatePath("/", "layout");
});

/** Fires a trigger and answers with the finished run, whether it succeeded or not. */
export const runTrigger = protectedAction(
  { permission: "triggers.run", schema: runTriggerInput.extend({ id: z.uuid() }) },
  (ctx, { id, variables, webhook }) => fireTrigger(ctx, id, { variables, webhook }),
);

/** Makes all held runs of a trigger again now. */
export const releaseHeldRuns = protectedAction({ permission: "triggers.run", schema: byId }, async (ctx, { id }) => {
  const { released } = await releaseRuns(ctx, id);
  revalidatePath(`/triggers/${id}`);
  return { released };
});

/** Makes a new signing secret for a webhook; it is shown once. */
export const rotateSecret = protectedAction(
  { permission: "triggers.write", schema: rotateInput.extend({ id: z.uuid() }) },
  (ctx, { id, overlapHours }) => rotateWebhookSecret(ctx, id, { overlapHours }),
);

/** The request as it would be sent, from what stands in the form. */
export const previewRequest = protectedAction({ permission: "triggers.write", schema: previewInput }, (ctx, input) =>
  previewWithSamples(ctx, input),
);

/** What the form must know of the transport that was picked. */
export const describeTransport = protectedAction({ permission: "transports.read", schema: byId }, async (ctx, { id }) =>
  toKnownTransport(await getTransport(ctx, id)),
);

/** What an operation of a transport's WSDL takes, for the form of its arguments. */
export const describeOperation = protectedAction(
  { permission: "transports.read", schema: operationQuery.extend({ id: z.uuid() }) },
  (ctx, { id, operation }) => describeTransportOperation(ctx, id, { operation }),
);

/** Transports that a trigger can be saved with. */
export const findUsableTransports = protectedAction(
  { permission: "transports.test", schema: optionQuery },
  (ctx, input) => findTransportOptions(ctx, input, "transports.test"),
);

/** Nodes that a trigger may be put on. */
export const findPlaces = protectedAction({ permission: "triggers.write", schema: optionQuery }, (ctx, input) =>
  findNodeChoices(ctx, input, "triggers.write"),
);

export const enableTriggers = bulkAction(
  { permission: "triggers.write", input: { enabled: z.boolean() }, limit: "changes" },
  (ctx, id, { enabled }) => setTriggerEnabled(ctx, id, enabled),
);

export const removeTriggers = bulkAction({ permission: "triggers.write", input: {}, limit: "changes" }, (ctx, id) =>
  deleteTrigger(ctx, id),
);
