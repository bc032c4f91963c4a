import { z } from "zod";
import { transportTypes } from "#lib/delivery/transports/definition.ts";
import { credentialFields, userFields } from "#lib/oauth/credentials/definition.ts";
import { credentialStatuses, credentialTypes, grantTypes } from "#lib/oauth/credentials/kinds.ts";
import {
  type CredentialDetail,
  type CredentialSummary,
  credentialEventKinds,
  summaryFields,
} from "#lib/oauth/credentials/model.ts";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { certificateInfo, id, instant, successor, version } from "./answers.ts";
import { named } from "./openapi.ts";

const state = {
  status: z.enum(credentialStatuses),
  statusReason: z.string().meta({ description: "The status in words." }),
  statusField: z.string().nullable().meta({ description: "The field that most likely needs a change." }),
  errorCode: z.string().nullable(),
  providerCode: z.string().nullable().meta({ description: "`error` of the provider's answer (RFC 6749 section 5.2)." }),
  lastCheckedAt: instant.nullable(),
  nextCheckAt: instant.nullable(),
  tokenExpiresAt: instant.nullable(),
};

const fields = readBack(credentialFields);
const grantType = z.enum([grantTypes.application, grantTypes.user]);

const summary = {
  id,
  version,
  ...Object.fromEntries(summaryFields.map((name) => [name, fields[name]!])),
  grantType,
  enabled: z.boolean(),
  secretEndsAt: instant.nullable().meta({
    description: "The end that comes first: of the secret as noted, or of the certificate in use.",
  }),
  createdAt: instant,
  updatedAt: instant,
  ...state,
};

const { discoveryUrl, issuer, authorizationUrl, jwksUrl } = readBack(userFields) as Required<Record<string, z.ZodType>>;
const urls = { discoveryUrl, issuer, authorizationUrl, jwksUrl } as Record<string, z.ZodType>;

const use = z.object({ kind: z.literal("transport"), id, name: z.string(), nodeId: id, nodeName: z.string() });

export const credentialSummary = named(
  "CredentialSummary",
  z.object({
    ...summary,
    usedBy: z.int().meta({ description: "How many transports use it." }),
    successor: successor
      .nullable()
      .meta({ description: "What is staged to follow the secret or certificate in force." }),
  }),
) as unknown as z.ZodType<CredentialSummary>;

export const credentialDetail = named(
  "Credential",
  z.object({
    ...summary,
    ...fields,
    grantType,
    urlsInForce: z.object(urls).meta({ description: "The URLs as entered, or as they follow for Entra." }),
    trustedCaName: z.string().nullable(),
    certificateInfo: certificateInfo.nullable(),
    usedBy: z.array(use).meta({ description: "The transports that use it and that the reader can see." }),
    usedElsewhere: z.int().optional().meta({ description: "How many other transports use it. Only when it's read." }),
  }),
) as unknown as z.ZodType<CredentialDetail>;

const placed = { id, name: z.string(), nodeId: id, nodeName: z.string() };

export const blastRadius = named(
  "BlastRadius",
  z.object({
    transports: z.array(z.object({ ...placed, type: z.enum(transportTypes) })),
    triggers: z.array(
      z.object({
        ...placed,
        transportId: id,
        enabled: z.boolean(),
        event: z.enum(["on_demand", "schedule", "webhook"]),
        nextDueAt: instant.nullable().meta({ description: "When its schedule is due next." }),
      }),
    ),
    nodes: z.array(z.object({ id, name: z.string() })),
    counts: z
      .object({ transports: z.int(), triggers: z.int(), sessions: z.int() })
      .meta({ description: "Of everything, also of what the caller may not see." }),
  }),
);

export const credentialEvent = named(
  "CredentialEvent",
  z.object({
    id,
    credentialId: id,
    credentialVersion: z.int(),
    at: instant,
    kind: z.enum(credentialEventKinds),
    cause: z.string(),
    outcome: z.enum(["succeeded", "failed"]),
    durationMs: z.int(),
    errorCode: z.string().nullable(),
    httpStatus: z.int().nullable(),
    providerCode: z.string().nullable(),
    description: z.string().nullable(),
    correlationId: z.string().nullable(),
    proxy: z.string(),
    runId: id.nullable(),
    tokenExpiresAt: instant.nullable(),
  }),
);

/** A step of a check, as checks and tests of staged secrets answer it. */
export const checkStep = z.object({
  step: z.string().meta({ description: "`configuration`, `name_resolution`, `proxy`, `tcp`, `tls`, … in order." }),
  verdict: z.enum(["pass", "fail", "skipped"]),
  detail: z.string(),
  hint: z.string().nullable().meta({ description: "What to do; begins with the form's field to blame." }),
  field: z.string().nullable().meta({ description: "That field, by its name here." }),
  durationMs: z.number().nullable(),
  facts: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .meta({ description: "What was seen: a certificate, the claims of the token; never the token." }),
  link: z
    .object({ label: z.string(), url: z.string() })
    .nullable()
    .meta({ description: "Page of the provider's admin center to open." }),
  transport: z
    .object({ id, name: z.string() })
    .nullable()
    .meta({ description: "Of a step `transport`: at whose service the token was tried." }),
});

export const credentialCheck = named(
  "CredentialCheck",
  z.object({
    status: z.enum(credentialStatuses),
    statusReason: z.string(),
    statusField: z.string().nullable(),
    checkedAt: instant,
    checkedBy: z.string(),
    steps: z.array(checkStep),
    report: z.string().meta({ description: "All of it as plain text for the IT team, without secrets." }),
  }),
);

export const assignable = named(
  "AssignableCredential",
  z.object({
    id,
    name: z.string(),
    type: z.enum(credentialTypes),
    status: z.enum(credentialStatuses),
    statusReason: z.string(),
    allowedHosts: z.array(z.string()),
  }),
);
