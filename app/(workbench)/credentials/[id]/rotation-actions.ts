"use server";
import { z } from "zod";
import { promoteAndCheck, rollBackAndCheck } from "#lib/delivery/connection-check/save-and-check.ts";
import { testStaged } from "#lib/delivery/connection-check/test-staged.ts";
import { discardStaged, forgetPrevious } from "#lib/oauth/rotation/discard.ts";
import { promoteInput, rollBackInput, stageInput } from "#lib/oauth/rotation/schema.ts";
import { stageSecret } from "#lib/oauth/rotation/stage-secret.ts";
import { protectedAction } from "#lib/web/action.ts";

const byId = z.object({ id: z.uuid() });
const kept = byId.extend({ secretId: z.uuid() });

/** Keeps the next secret beside the one in force. */
export const stage = protectedAction(
  { permission: "credentials.write", schema: byId.extend({ secret: stageInput }) },
  (ctx, { id, secret }) => stageSecret(ctx, id, secret),
);

/** Asks the provider with the staged secret. */
export const testNow = protectedAction({ permission: "credentials.check", schema: byId }, (ctx, { id }) =>
  testStaged(ctx, id),
);

export const promote = protectedAction(
  { permission: "credentials.write", schema: byId.extend(promoteInput.shape) },
  (ctx, { id, ...input }) => promoteAndCheck(ctx, id, input),
);

export const goBack = protectedAction(
  { permission: "credentials.write", schema: byId.extend(rollBackInput.shape) },
  (ctx, { id, ...input }) => rollBackAndCheck(ctx, id, input),
);

export const discard = protectedAction({ permission: "credentials.write", schema: kept }, (ctx, { id, secretId }) =>
  discardStaged(ctx, id, secretId),
);

export const forget = protectedAction({ permission: "credentials.write", schema: kept }, (ctx, { id, secretId }) =>
  forgetPrevious(ctx, id, secretId),
);
