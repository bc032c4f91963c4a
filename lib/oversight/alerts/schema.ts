import { z } from "zod";
import { editOf } from "#lib/platform/definitions/derive.ts";
import { pageQuery, sortBy } from "#lib/platform/definitions/list-query.ts";
import { channelFields } from "./definition.ts";
import { channelKinds } from "./kinds.ts";
import { deliveryStatuses } from "./model.ts";

/** A new channel, as the form, the action and the API take it. */
export const channelInput = withChannelRules({ url: false, secret: false });
export type ChannelInput = z.input<typeof channelInput>;
export type ChannelFields = z.output<typeof channelInput>;

/** The same for a channel that has secrets stored already. */
export function withChannelRules(stored: { url: boolean; secret: boolean }) {
  return z.object(channelFields).superRefine((input, context) => {
    for (const { field, message } of channelKinds[input.kind].complain(input, stored)) {
      context.addIssue({ code: "custom", path: field.split("."), message });
    }
  });
}

/** An edit: the version that it was made from, and the fields to change. The kind stays. */
export const channelUpdate = editOf(channelFields).omit({ kind: true });
export type ChannelUpdate = z.output<typeof channelUpdate>;

export const channelQuery = z.object({
  sort: sortBy("name"),
  ...pageQuery,
});
export type ChannelQuery = z.input<typeof channelQuery>;

export const deliveryQuery = z.object({
  channelId: z.uuid().optional(),
  status: z.enum(deliveryStatuses).optional(),
  ...pageQuery,
});
export type DeliveryQuery = z.input<typeof deliveryQuery>;
