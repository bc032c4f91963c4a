import { z } from "zod";
import { channelSummary } from "#lib/oversight/alerts/definition.ts";
import { getChannel, getDelivery, listChannels, listDeliveries } from "#lib/oversight/alerts/list-channels.ts";
import { alertItem, alertMessage, deliveryAttempt, deliverySummary } from "#lib/oversight/alerts/model.ts";
import { createChannel, deleteChannel, updateChannel } from "#lib/oversight/alerts/save-channel.ts";
import { channelInput, channelQuery, channelUpdate, deliveryQuery } from "#lib/oversight/alerts/schema.ts";
import { channelTest, testChannel } from "#lib/oversight/alerts/test-channel.ts";
import { pageOf, successor } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const channel = named("AlertChannel", channelSummary);

const item = alertItem.extend({
  successor: successor.optional().meta({ description: "What is staged already to follow the secret or certificate." }),
});

const detail = named(
  "AlertDelivery",
  deliverySummary.extend({
    message: alertMessage.extend({ items: z.array(item) }),
    log: z.array(deliveryAttempt),
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
    answer: channelTest,
    run: (ctx, input) => testChannel(ctx, input.id),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/alert-deliveries",
    summary: "List messages that were sent or are to be",
    query: deliveryQuery,
    answer: pageOf(named("AlertDeliverySummary", deliverySummary)),
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
