import { z } from "zod";
import { testTransportInput } from "#lib/delivery/runs/schema.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { deleteTransport } from "#lib/delivery/transport-edits/delete-transport.ts";
import { getTouchedTriggers, getTransport, listTransports } from "#lib/delivery/transports/read-transports.ts";
import { transportInput, transportQuery, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { describeTransportOperation, listOperations } from "#lib/delivery/wsdls/operations.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { reloadWsdl } from "#lib/delivery/wsdls/reload-wsdl.ts";
import { createTransportWithWsdl, updateTransportWithWsdl } from "#lib/delivery/wsdls/save-transport.ts";
import { operationQuery, previewWsdlInput, reloadWsdlInput } from "#lib/delivery/wsdls/schema.ts";
import { pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";
import { run } from "./runs.ts";

import { preview, reload, service, touchedTriggers, transportDetail, transportSummary } from "./transport-answers.ts";

/** Of a WSDL that is read when a transport is saved; one that can't be had is kept as `wsdl.failure` instead. */
const wsdlProblems = ["wsdl_invalid", "wsdl_too_large", "wsdl_import_refused"] as const;
const readProblems = [
  ...wsdlProblems,
  "wsdl_unavailable",
  "host_not_allowed",
  "route_not_approved",
  "egress_denied",
  "name_not_resolved",
  "connection_failed",
  "tls_failed",
  "timeout",
  "proxy_unreachable",
  "proxy_authentication_required",
  "proxy_refused",
  "proxy_target_unreachable",
  "proxy_failed",
] as const;
/** An uploaded WSDL comes in the body, with quotes and line breaks escaped. */
const maxUploadBytes = 12 * 1024 * 1024;

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
    maxBodyBytes: maxUploadBytes,
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
    problems: ["name_taken", "host_not_allowed", ...wsdlProblems],
    run: (ctx, { body }) => createTransportWithWsdl(ctx, body),
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
    ...read,
    method: "get",
    path: "/transports/{id}/blast-radius",
    summary: "Read what a change of a transport touches",
    description: "Its triggers that the caller may see, with the next due time of schedules, the soonest first.",
    answer: touchedTriggers,
    run: (ctx, input) => getTouchedTriggers(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/transports/{id}",
    summary: "Change a transport",
    description: "Members that are left out stay as they are.",
    maxBodyBytes: maxUploadBytes,
    body: named("TransportUpdate", transportUpdate),
    example: { version: 1, timeoutMs: 20_000 },
    answer: transportDetail,
    problems: ["stale_version", "name_taken", "host_not_allowed", ...wsdlProblems],
    run: (ctx, input) => updateTransportWithWsdl(ctx, input.id, input.body),
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
  defineEndpoint({
    ...write,
    method: "post",
    path: "/transports/preview-wsdl",
    summary: "Read the WSDL of a transport that is not saved yet",
    description:
      "The WSDL is read over the same road as the transport's calls: egress policy, proxy, TLS and Authorization. Members of a transport that don't matter for that may be left out. Nothing is stored.",
    maxBodyBytes: maxUploadBytes,
    body: named("WsdlPreviewInput", previewWsdlInput),
    example: {
      nodeId: "01890a5d-ac96-774b-bcce-b302099a8057",
      soap: { wsdlUrl: "https://erp.example.com/stock?wsdl" },
      authorization: { kind: "none" },
    },
    answer: named("WsdlPreview", preview),
    problems: [...readProblems],
    run: (ctx, { body }) => previewWsdl(ctx, body),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/transports/{id}/reload-wsdl",
    summary: "Read a transport's WSDL again",
    description:
      "Answers what changed and which triggers that breaks. With `apply: false` nothing is stored; with `expectedHash` only the WSDL that was looked at before.",
    maxBodyBytes: maxUploadBytes,
    body: named("WsdlReloadInput", reloadWsdlInput),
    example: { apply: false },
    answer: named("WsdlReload", reload),
    problems: [...readProblems, "transport_unusable"],
    run: (ctx, input) => reloadWsdl(ctx, input.id, input.body),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/transports/{id}/operations",
    summary: "List what a transport's WSDL offers",
    answer: z.object({ service: z.string(), port: z.string(), services: z.array(service) }),
    problems: ["transport_unusable"],
    run: (ctx, input) => listOperations(ctx, input.id),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/transports/{id}/operation",
    summary: "Describe an operation of a transport's port",
    description: "The elements of its input and output, with their types by name: enough for a form.",
    query: operationQuery,
    answer: z.looseObject({}),
    problems: ["transport_unusable", "wsdl_invalid"],
    run: async (ctx, { id: transportId, query }) => ({
      ...(await describeTransportOperation(ctx, transportId, query)),
    }),
  }),
];
