import { z } from "zod";
import { getChannel, getDelivery, listChannels, listDeliveries } from "#lib/oversight/alerts/list-channels.ts";
import {
  alertEvents,
  channelKinds,
  deliveryStatuses,
  mailSecurities,
  noticeKinds,
} from "#lib/oversight/alerts/model.ts";
import { createChannel, deleteChannel, updateChannel } from "#lib/oversight/alerts/save-channel.ts";
import { channelInput, channelQuery, channelUpdate, deliveryQuery } from "#lib/oversight/alerts/schema.ts";
import { testChannel } from "#lib/oversight/alerts/test-channel.ts";
import { id, instant, pageOf, successor, version } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const channel = named(
  "AlertChannel",
  z.object({
    id,
    version,
    name: z.string(),
    kind: z.enum(channelKinds),
    enabled: z.boolean(),
    email: z
      .object({
        host: z.string(),
        port: z.int(),
        security: z.enum(mailSecurities),
        username: z.string(),
        from: z.string(),
        to: z.array(z.string()),
        toOwner: z.boolean(),
      })
      .nullable(),
    urlHost: z.string().nullable().meta({ description: "Host of the webhook's URL, which itself is write-only." }),
    urlSetAt: instant.nullable(),
    secretSetAt: instant.nullable(),
    nodeId: id.nullable(),
    nodeName: z.string().nullable(),
    events: z.array(z.enum(alertEvents)),
    quietMinutes: z.int(),
    createdAt: instant,
    updatedAt: instant,
    lastDelivery: z.object({ status: z.enum(deliveryStatuses), at: instant }).nullable(),
  }),
);

const delivery = {
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
};

const item = z.object({
  kind: z.enum(noticeKinds),
  status: z.enum(["degraded", "action_needed"]).optional(),
  credentialId: id.optional().meta({ description: "Of an item about a credential." }),
  transportId: id.optional().meta({ description: "Of an item about a transport, whose certificate ends." }),
  nodeName: z.string().optional().meta({ description: "The transport's node." }),
  name: z.string(),
  owner: z.string(),
  text: z.string(),
  since: instant,
  daysLeft: z.int().nullable(),
  transports: z.int(),
  triggers: z.int(),
  successor: successor.optional().meta({ description: "What is staged already to follow the secret or certificate." }),
  url: z.string(),
});

const detail = named(
  "AlertDelivery",
  z.object({
    ...delivery,
    message: z.object({
      title: z.string(),
      note: z.string().optional(),
      items: z.array(item),
      total: z.int(),
      url: z.string(),
    }),
    log: z.array(
      z.object({
        id,
        at: instant,
        durationMs: z.int(),
        outcome: z.enum(["succeeded", "failed"]),
        errorCode: z.string().nullable(),
        description: z.string(),
      }),
    ),
  }),
);

const tag = "Alerts";
const read = { tag, permission: "alerts.read" } as const;
const write = { tag, permission: "alerts.write" } as const;

export const alertEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/alert-channels",
    summary: "List alert channels",
    query: channelQuery,
    answer: pageOf(channel),
    run: (ctx, { query }) => listChannels(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/alert-channels",
    summary: "Add an alert channel",
    body: named("AlertChannelInput", channelInput),
    example: {
      name: "Operations",
      kind: "webhook",
      url: "https://hooks.example.com/sallyport",
      secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
      events: ["expiry", "status"],
    },
    answer: channel,
    status: 201,
    problems: ["name_taken"],
    run: (ctx, { body }) => createChannel(ctx, body),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/alert-channels/{id}",
    summary: "Read an alert channel",
    description: "URL and secret are write-only: `urlSetAt` and `secretSetAt` tell when they were set.",
    answer: channel,
    run: (ctx, input) => getChannel(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/alert-channels/{id}",
    summary: "Change an alert channel",
    description: "Members that are left out stay as they are; the kind stays.",
    body: named("AlertChannelUpdate", channelUpdate),
    example: { version: 1, enabled: false },
    answer: channel,
    problems: ["stale_version", "name_taken"],
    run: (ctx, { id, body }) => updateChannel(ctx, id, body),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/alert-channels/{id}",
    summary: "Delete an alert channel",
    description: "With its delivery log. What was due through it is not told.",
    run: (ctx, input) => deleteChannel(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/alert-channels/{id}/test",
    summary: "Send a test message",
    description: "Answers 200 with how it went, whether it arrived or not.",
    answer: z.object({ ok: z.boolean(), description: z.string(), deliveryId: id, durationMs: z.int() }),
    run: (ctx, input) => testChannel(ctx, input.id),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/alert-deliveries",
    summary: "List messages that were sent or are to be",
    query: deliveryQuery,
    answer: pageOf(named("AlertDeliverySummary", z.object(delivery))),
    run: (ctx, { query }) => listDeliveries(ctx, query),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/alert-deliveries/{id}",
    summary: "Read a message with each attempt to send it",
    answer: detail,
    run: (ctx, input) => getDelivery(ctx, input.id),
  }),
];
