import { z } from "zod";
import { testTransportInput } from "#lib/delivery/runs/schema.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { omissionKinds, soapVersions } from "#lib/delivery/soap/model.ts";
import { transportFields, typeFields } from "#lib/delivery/transports/definition.ts";
import { deleteTransport } from "#lib/delivery/transports/delete-transport.ts";
import {
  routeStates,
  type TransportDetail,
  type TransportSummary,
  wsdlSources,
} from "#lib/delivery/transports/model.ts";
import { getTouchedTriggers, getTransport, listTransports } from "#lib/delivery/transports/read-transports.ts";
import { transportInput, transportQuery, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { describeTransportOperation, listOperations } from "#lib/delivery/wsdls/operations.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { reloadWsdl } from "#lib/delivery/wsdls/reload-wsdl.ts";
import { createTransportWithWsdl, updateTransportWithWsdl } from "#lib/delivery/wsdls/save-transport.ts";
import { operationQuery, previewWsdlInput, reloadWsdlInput } from "#lib/delivery/wsdls/schema.ts";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { certificateInfo, id, instant, pageOf, version } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";
import { run } from "./runs.ts";

const { authorization, proxy, clientCertificate: _, ...fields } = readBack(transportFields);
const { trustedCa, trustedCaId, notes, ...plain } = fields;
const { http, soap } = readBack(typeFields) as { http: z.ZodType; soap: z.ZodType };

const service = named(
  "WsdlService",
  z.object({
    name: z.string(),
    ports: z.array(
      z.object({
        name: z.string(),
        address: z.string().nullable(),
        soapVersion: z.enum(soapVersions),
        operations: z.array(z.string()),
      }),
    ),
    omitted: z
      .array(z.object({ what: z.enum(omissionKinds), name: z.string(), reason: z.string() }))
      .optional()
      .meta({ description: "What can't be used, and why: something that it needs is undefined or invalid." }),
  }),
);

const wsdl = named(
  "Wsdl",
  z.object({
    source: z.enum(wsdlSources),
    entry: z.string().meta({ description: "The first document: its URL, or upload: and the file's name." }),
    hash: z.string().nullable().meta({ description: "SHA-256; null as long as the WSDL could not be read." }),
    bytes: z.int(),
    readAt: instant.nullable(),
    failure: z
      .object({ code: z.string(), message: z.string(), hint: z.string().nullable(), at: instant })
      .nullable()
      .meta({ description: "Why the last attempt to read it failed; runs use the one that was read before." }),
    endpoint: z.string().nullable().meta({ description: "Where calls go; null when that is not known." }),
    soapVersion: z.enum(soapVersions).nullable(),
    services: z.array(service),
  }),
);

const documents = z.array(z.object({ location: z.string(), bytes: z.int() }));

const preview = z.object({
  source: z.enum(wsdlSources),
  documents,
  hash: z.string(),
  bytes: z.int(),
  services: z.array(service),
});

const reload = z.object({
  changed: z.boolean(),
  applied: z.boolean().meta({ description: "Whether it is stored now." }),
  hashBefore: z.string().nullable(),
  hash: z.string(),
  documents,
  bytes: z.int(),
  services: z.array(service),
  changes: z.array(
    z.object({
      kind: z.enum(["added", "removed", "changed"]),
      what: z.enum(["service", "port", "operation"]),
      name: z.string(),
      details: z.array(z.string()),
    }),
  ),
  brokenTriggers: z
    .array(
      z.object({
        id,
        name: z.string(),
        nodeId: id,
        problems: z.array(z.object({ path: z.string(), message: z.string() })),
      }),
    )
    .meta({ description: "Triggers of the transport whose requests do not fit it." }),
});

const shownClientCertificate = named(
  "ClientCertificate",
  certificateInfo.extend({
    certificate: z.string().meta({ description: "PEM." }),
    privateKeySetAt: instant.nullable(),
  }),
);

const base = {
  id,
  version,
  ...plain,
  nodeName: z.string(),
  http: http.nullable(),
  soap: named("SoapSettings", soap).nullable(),
  authorization,
  clientCertificateEndsAt: instant.nullable(),
  trustedCaEndsAt: instant.nullable(),
  createdAt: instant,
  updatedAt: instant,
};

const transportSummary = named(
  "TransportSummary",
  z.object({ ...base, usedBy: z.int().meta({ description: "How many triggers use it." }) }),
) as unknown as z.ZodType<TransportSummary>;

const use = z.object({ kind: z.literal("trigger"), id, name: z.string(), nodeId: id });

const transportDetail = named(
  "Transport",
  z.object({
    ...base,
    proxy,
    trustedCaId,
    trustedCaName: z.string().nullable(),
    trustedCa,
    notes,
    clientCertificate: shownClientCertificate
      .nullable()
      .meta({ description: "Shown in TLS to the service and where its WSDL is; the key by when it was set." }),
    route: z
      .object({ state: z.enum(routeStates), approvedBy: z.string().nullable(), approvedAt: instant.nullable() })
      .meta({
        description: "Whether an admin approved the proxy and trusted CA that the token or password is sent over.",
      }),
    wsdl: wsdl.nullable().meta({ description: "The WSDL of a WS_SOAP transport, as it was read last." }),
    usedBy: z.array(use).meta({ description: "The triggers that use it and that the reader can see." }),
    usedElsewhere: z.int().meta({ description: "How many other triggers use it." }),
  }),
) as unknown as z.ZodType<TransportDetail>;

const touchedTriggers = named(
  "TouchedTriggers",
  z.object({
    count: z.int().meta({ description: "Of all, also of what the caller may not see." }),
    triggers: z.array(
      z.object({
        id,
        name: z.string(),
        nodeId: id,
        nodeName: z.string(),
        enabled: z.boolean(),
        event: z.enum(["on_demand", "schedule", "webhook"]),
        nextDueAt: instant.nullable().meta({ description: "When its schedule is due next." }),
      }),
    ),
  }),
);

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
