import { z } from "zod";
import type { Successor } from "#lib/oauth/credentials/rotation-model.ts";
import { id, instant } from "#lib/platform/definitions/members.ts";

/** What a channel tells: that a secret or a certificate runs out, also one of a transport, and that a credential leaves or regains Active. */
export const alertEvents = ["expiry", "status"] as const;
export type AlertEvent = (typeof alertEvents)[number];

export const noticeKinds = ["expiry", "lost", "regained"] as const;
export type NoticeKind = (typeof noticeKinds)[number];

const badStatuses = ["degraded", "action_needed"] as const;
export type BadStatus = (typeof badStatuses)[number];

/** What ends: of a credential the first two, of a transport the others. */
export type EndingThing = "client secret" | "certificate" | "client certificate" | "trusted CA certificate";

/** What was known when a notice was noted. Times are ISO strings. */
export type NoticeData = {
  /** Why, in words, without secrets. */
  reason: string;
  since: string;
  /** Of kind expiry: what ends, when, and the threshold in days that was reached (0 = ended). */
  ending?: { what: EndingThing; at: string; threshold: number };
  /** Of kind lost: what it is now. */
  status?: BadStatus;
  /** Of kind lost: whether the receiver heard of an earlier, lesser loss that this one took the place of. */
  heard?: boolean;
};

/** One credential or transport of a message, without what is staged for it. */
export const alertItem = z.object({
  kind: z.enum(noticeKinds),
  status: z.enum(badStatuses).optional(),
  credentialId: id.optional().meta({ description: "Of an item about a credential." }),
  transportId: id.optional().meta({ description: "Of an item about a transport, whose certificate ends." }),
  nodeName: z.string().optional().meta({ description: "The transport's node." }),
  name: z.string(),
  owner: z.string().meta({ description: "Of the credential, or of the one that the transport uses; blank: none." }),
  text: z.string().meta({ description: "A sentence: what is the matter." }),
  since: instant,
  daysLeft: z
    .int()
    .nullable()
    .meta({ description: "Full days until the secret or certificate ends; null: no end is known." }),
  transports: z.int(),
  triggers: z.int(),
  url: z.string(),
});
export type AlertItem = z.output<typeof alertItem> & {
  /** What is staged to follow the secret or certificate, left out when nothing is. */
  successor?: Successor;
};

/** What a channel sends, before it has the form of one. `items` holds the first ones. */
export const alertMessage = z.object({
  title: z.string(),
  note: z.string().optional().meta({ description: "Of a test: what it is." }),
  total: z.int(),
  url: z.string(),
});
export type AlertMessage = z.output<typeof alertMessage> & { items: AlertItem[] };

export const deliveryStatuses = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A line of the delivery log. */
export const deliverySummary = z.object({
  id: id.meta({ description: "Sent along as webhook-id, Message-ID and in the text: the same for each attempt." }),
  channelId: id,
  channelName: z.string(),
  recipient: z.string().meta({ description: "Address of an owner; blank: the channel itself." }),
  isTest: z.boolean(),
  title: z.string(),
  credentials: z.int().meta({ description: "How many credentials and transports it is about." }),
  status: z.enum(deliveryStatuses),
  attempts: z.int(),
  nextAttemptAt: instant.nullable(),
  lastError: z.string().nullable(),
  createdAt: instant,
  deliveredAt: instant.nullable(),
});
export type DeliverySummary = z.output<typeof deliverySummary>;

/** A try to send a message. */
export const deliveryAttempt = z.object({
  id,
  at: instant,
  durationMs: z.int(),
  outcome: z.enum(["succeeded", "failed"]),
  errorCode: z.string().nullable(),
  description: z.string(),
});
export type DeliveryAttempt = z.output<typeof deliveryAttempt>;

/** One message with each try to send it. */
export type DeliveryDetail = DeliverySummary & { message: AlertMessage; log: DeliveryAttempt[] };
