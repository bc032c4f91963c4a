"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import { releaseRun } from "#lib/delivery/firing/release-runs.ts";
import { cancelRun } from "#lib/delivery/queue/cancel-run.ts";
import { protectedAction } from "#lib/web/action.ts";

/** Takes a run out of its queue before it is begun, or one that is held. */
export const cancelQueuedRun = protectedAction(
  { permission: "triggers.run", schema: z.object({ id: z.uuid() }) },
  async (ctx, { id }) => {
    const run = await cancelRun(ctx, id);
    revalidatePath(`/runs/${id}`);
    return { status: run.status };
  },
);

/** Runs a trigger without variables once more; returns the ID of the new run. */
export const runAgain = protectedAction(
  { permission: "triggers.run", schema: z.object({ id: z.uuid() }) },
  async (ctx, { id }) => ({ id: (await fireTrigger(ctx, id)).id }),
);

/** Retries a held run now. */
export const releaseHeldRun = protectedAction(
  { permission: "triggers.run", schema: z.object({ id: z.uuid() }) },
  async (ctx, { id }) => {
    const run = await releaseRun(ctx, id);
    revalidatePath(`/runs/${id}`);
    return { status: run.status };
  },
);
