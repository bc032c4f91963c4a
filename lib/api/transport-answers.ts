import { z } from "zod";
import { omissionKinds, soapVersions } from "#lib/delivery/soap/model.ts";
import { transportFields, typeFields } from "#lib/delivery/transports/definition.ts";
import {
  routeStates,
  type TransportDetail,
  type TransportSummary,
  wsdlSources,
} from "#lib/delivery/transports/model.ts";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { certificateInfo, id, instant, version } from "./answers.ts";
import { named } from "./openapi.ts";

const { authorization, proxy, clientCertificate: _, ...fields } = readBack(transportFields);
const { trustedCa, trustedCaId, notes, ...plain } = fields;
const { http, soap } = readBack(typeFields) as { http: z.ZodType; soap: z.ZodType };

export const service = named(
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

export const preview = z.object({
  source: z.enum(wsdlSources),
  documents,
  hash: z.string(),
  bytes: z.int(),
  services: z.array(service),
});

export const reload = z.object({
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

export const transportSummary = named(
  "TransportSummary",
  z.object({ ...base, usedBy: z.int().meta({ description: "How many triggers use it." }) }),
) as unknown as z.ZodType<TransportSummary>;

const use = z.object({ kind: z.literal("trigger"), id, name: z.string(), nodeId: id });

export const transportDetail = named(
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

export const touchedTriggers = named(
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
