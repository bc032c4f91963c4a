import { z } from "zod";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { field, labelsOf } from "#lib/platform/definitions/field.ts";
import { id, instant, version } from "#lib/platform/definitions/members.ts";
import { type ChannelKind, channelKinds, kindNames, mailFields, settingFields } from "./kinds.ts";
import { alertEvents, deliveryStatuses } from "./model.ts";

/** The fields of a channel of every kind. */
const commonFields = {
  name: field("Name", z.string().trim().min(1, "Enter a name.").max(100, "A name has at most 100 characters.")),
  kind: field("Sent by", z.enum(kindNames, "Choose how the alerts are sent.")),
  enabled: field("Enabled", z.boolean().default(true)),
  nodeId: field(
    "Credentials used at",
    z
      .uuid("Choose a node.")
      .nullable()
      .default(null)
      .meta({ description: "Only credentials that transports on this node and under it use; null: all." }),
  ),
  events: field(
    "Events",
    z
      .array(z.enum(alertEvents))
      .min(1, "Choose at least one event.")
      .transform((events) => alertEvents.filter((event) => events.includes(event)))
      .default([...alertEvents])
      .meta({
        description:
          "expiry: 60, 30, 14, 7 and 1 days before a secret or certificate ends, a transport's too, and when it has. status: a credential leaves Active or works again.",
      }),
  ),
  quietMinutes: field(
    "Tell degraded after",
    z
      .number("Enter minutes.")
      .int("Enter whole minutes.")
      .min(0)
      .max(1440, "At most 1,440 minutes (a day).")
      .default(5)
      .meta({ description: "How long a credential must be degraded before that is told." }),
  ),
};

export const channelFields = { ...commonFields, ...settingFields };

/** The fields of a channel of one kind. */
export function fieldsOf(kind: ChannelKind) {
  return { ...commonFields, ...channelKinds[kind].fields };
}

/** The labels of all fields, and of what is inside them, by their names in form and API. */
export const channelLabels = {
  ...labelsOf(channelFields),
  ...(Object.fromEntries(Object.entries(labelsOf(mailFields)).map(([name, label]) => [`email.${name}`, label])) as {
    [K in keyof typeof mailFields as `email.${K}`]: string;
  }),
};

/** A channel as pages and the API show it. */
export const channelSummary = z.object({
  id,
  version,
  ...readBack(channelFields),
  urlHost: z.string().nullable().meta({ description: "Host of the webhook's URL, which itself is write-only." }),
  nodeName: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
  lastDelivery: z
    .object({ status: z.enum(deliveryStatuses), at: instant })
    .nullable()
    .meta({ description: "How the last message fared; null: there was none." }),
});
export type ChannelSummary = z.output<typeof channelSummary>;
