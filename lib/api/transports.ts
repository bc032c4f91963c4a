import { z } from "zod";
import { credentialStatuses } from "../credentials/model.ts";
import { testTransportInput } from "../runs/schema.ts";
import { testTransport } from "../runs/test-transport.ts";
import { createTransport } from "../transports/create-transport.ts";
import { deleteTransport } from "../transports/delete-transport.ts";
import { getTransport } from "../transports/get-transport.ts";
import { listTransports } from "../transports/list-transports.ts";
import { httpMethods, transportTypes } from "../transports/model.ts";
import { transportInput, transportQuery, transportUpdate } from "../transports/schema.ts";
import { updateTransport } from "../transports/update-transport.ts";
import { header, id, instant, pageOf, shownProxy, version } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";
import { run } from "./runs.ts";

const authorization = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("basic"), username: z.string(), passwordSetAt: instant.nullable() }),
  z.object({
    kind: z.literal("credential"),
    credentialId: id,
    credentialName: z.string(),
    credentialStatus: z.enum(credentialStatuses),
  }),
]);

const base = {
  id,
  version,
  name: z.string(),
  nodeId: id,
  nodeName: z.string(),
  type: z.enum(transportTypes),
  http: z.object({ url: z.string(), method: z.enum(httpMethods), headers: z.array(header) }).nullable(),
  soap: z.object({ wsdlUrl: z.string(), service: z.string(), port: z.string() }).nullable(),
  authorization,
  connectTimeoutMs: z.int(),
  timeoutMs: z.int(),
  maxResponseBytes: z.int(),
  followRedirects: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
};

const transportSummary = named(
  "TransportSummary",
  z.object({ ...base, usedBy: z.int().meta({ description: "How many triggers use it." }) }),
);

const use = z.object({ kind: z.literal("trigger"), id, name: z.string(), nodeId: id });

const transportDetail = named(
  "Transport",
  z.object({
    ...base,
    proxy: shownProxy,
    trustedCa: z.string().nullable(),
    notes: z.string(),
    usedBy: z.array(use).meta({ description: "The triggers that use it." }),
  }),
);

const tag = "Transports";
const read = { tag, permission: "transports.read" } as const;
const write = { tag, permission: "transports.write" } as const;

export const transportEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/transports",
    summary: "List transports",
    query: transportQuery,
    answer: pageOf(transportSummary),
    run: (ctx, { query }) => listTransports(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/transports",
    summary: "Create a transport",
    body: named("TransportInput", transportInput),
    example: {
      name: "Orders",
      nodeId: "01890a5d-ac96-774b-bcce-b302099a8057",
      type: "HTTP",
      http: {
        url: "https://orders.example.com/v1",
        method: "POST",
        headers: [{ name: "X-Site", value: "7" }],
      },
      authorization: { kind: "credential", credentialId: "01890a5e-0b71-7d44-9f5e-7a6f0c6f2a10" },
      timeoutMs: 10_000,
    },
    answer: transportDetail,
    status: 201,
    problems: ["name_taken", "host_not_allowed"],
    run: (ctx, { body }) => createTransport(ctx, body),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/transports/{id}",
    summary: "Read a transport",
    answer: transportDetail,
    run: (ctx, input) => getTransport(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/transports/{id}",
    summary: "Change a transport",
    description: "Members that are left out stay as they are.",
    body: named("TransportUpdate", transportUpdate),
    example: { version: 1, timeoutMs: 20_000 },
    answer: transportDetail,
    problems: ["stale_version", "name_taken", "host_not_allowed"],
    run: (ctx, input) => updateTransport(ctx, input.id, input.body),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/transports/{id}",
    summary: "Delete a transport",
    description: "Refused with `usedBy` while a trigger uses it. This cannot be undone.",
    problems: ["in_use"],
    run: (ctx, input) => deleteTransport(ctx, input.id),
  }),
  defineEndpoint({
    tag,
    permission: "transports.test",
    method: "post",
    path: "/transports/{id}/test",
    summary: "Send a request through a transport",
    description: "Answers 200 with the finished run, whether it succeeded or not.",
    body: named("TransportTest", testTransportInput),
    example: { path: "/health", method: "GET" },
    answer: run,
    run: (ctx, input) => testTransport(ctx, input.id, input.body),
  }),
];
