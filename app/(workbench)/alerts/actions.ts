"use server";
import { z } from "zod";
import { createChannel, deleteChannel, updateChannel } from "#lib/oversight/alerts/save-channel.ts";
import { channelInput, channelUpdate } from "#lib/oversight/alerts/schema.ts";
import { testChannel } from "#lib/oversight/alerts/test-channel.ts";
import { protectedAction } from "#lib/web/action.ts";

const byId = z.object({ id: z.uuid() });

export const addChannel = protectedAction({ permission: "alerts.write", schema: channelInput }, createChannel);

export const saveChannel = protectedAction(
  { permission: "alerts.write", schema: byId.extend({ update: channelUpdate }) },
  (ctx, { id, update }) => updateChannel(ctx, id, update),
);

export const removeChannel = protectedAction({ permission: "alerts.write", schema: byId }, (ctx, { id }) =>
  deleteChannel(ctx, id),
);

/** Sends a test message and answers how that went. */
export const tryChannel = protectedAction({ permission: "alerts.write", schema: byId }, (ctx, { id }) =>
  testChannel(ctx, id),
);
