import { z } from "zod";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { checkDraft } from "#lib/delivery/connection-check/check-draft.ts";
import {
  createAndCheckCredential,
  enableAndCheckCredential,
  updateAndCheckCredential,
} from "#lib/delivery/connection-check/save-and-check.ts";
import { transportTypes } from "#lib/delivery/transports/definition.ts";
import { reassignCredential, reassignInput } from "#lib/delivery/transports/reassign-credential.ts";
import { getBlastRadius } from "#lib/oauth/credential-edits/blast-radius.ts";
import { deleteCredential } from "#lib/oauth/credential-edits/delete-credential.ts";
import { credentialDraft } from "#lib/oauth/credential-edits/open-draft.ts";
import { listAssignableCredentials, listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { listCredentialEvents } from "#lib/oauth/credential-lists/list-events.ts";
import { credentialFields, userFields } from "#lib/oauth/credentials/definition.ts";
import { getCredential } from "#lib/oauth/credentials/get-credential.ts";
import { credentialStatuses, credentialTypes, grantTypes } from "#lib/oauth/credentials/kinds.ts";
import {
  type CredentialDetail,
  type CredentialSummary,
  credentialEventKinds,
  summaryFields,
} from "#lib/oauth/credentials/model.ts";
import {
  credentialEventQuery,
  credentialInput,
  credentialQuery,
  credentialUpdate,
} from "#lib/oauth/credentials/schema.ts";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { certificateInfo, id, instant, pageOf, successor, version } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
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

const credentialSummary = named(
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

const blastRadius = named(
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

const credentialEvent = named(
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

const credentialCheck = named(
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

const assignable = named(
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

const example = {
  name: "Orders API",
  type: "application",
  endpointUrl: "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token",
  clientId: "11111111-2222-3333-4444-555555555555",
  clientSecret: "…",
  clientAuthentication: "client_secret_post",
  scope: "api://orders/.default",
  refreshIntervalSeconds: 1800,
  proxy: { mode: "manual", url: "http://proxy:3128", username: "portal", password: "…", bypass: ["*.internal"] },
  allowedHosts: ["orders.example.com"],
  tokenParameters: [{ name: "audience", value: "api://orders" }],
} as const;

const tag = "Credentials";
const read = { tag, permission: "credentials.read" } as const;
const write = { tag, permission: "credentials.write" } as const;

export const credentialEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/credentials",
    summary: "List credentials",
    query: credentialQuery,
    answer: pageOf(credentialSummary),
    run: (ctx, { query }) => listCredentials(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/credentials",
    summary: "Create a credential",
    description: "An Application credential asks for a token at once; `status` and `statusReason` tell how that went.",
    body: named("CredentialInput", credentialInput),
    example: {
      ...example,
      proxy: { ...example.proxy, bypass: [...example.proxy.bypass] },
      allowedHosts: [...example.allowedHosts],
      tokenParameters: [...example.tokenParameters],
    },
    answer: credentialDetail,
    status: 201,
    problems: ["name_taken"],
    run: (ctx, { body }) => createAndCheckCredential(ctx, body),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/credentials/{id}",
    summary: "Read a credential",
    description: "Secrets are write-only: `clientSecretSetAt` and its like tell when they were set.",
    answer: credentialDetail,
    run: (ctx, input) => getCredential(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/credentials/{id}",
    summary: "Change a credential",
    description:
      "Members that are left out stay as they are. An Application credential asks for a token at once; `enabled` false ends the use of the old one.",
    body: named("CredentialUpdate", credentialUpdate.extend({ enabled: z.boolean().optional() })),
    example: { version: 1, refreshIntervalSeconds: 900 },
    answer: credentialDetail,
    problems: ["stale_version", "name_taken"],
    run: async (ctx, { id, body: { enabled, ...update } }) => {
      const saved = await updateAndCheckCredential(ctx, id, update);
      const stays = enabled === undefined || enabled === saved.enabled;
      return stays ? saved : enableAndCheckCredential(ctx, id, enabled);
    },
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/credentials/{id}",
    summary: "Delete a credential",
    description: "Refused with `usedBy` while a transport uses it. This cannot be undone.",
    problems: ["in_use"],
    run: (ctx, input) => deleteCredential(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/credentials/check",
    summary: "Check values before they are saved",
    description:
      "The steps of a check with values that are not stored: those of a new credential, or with `id` those of an edit, where a secret that is left out is the stored one (under the same rules as saving). Nothing is stored. `status` is what it would be.",
    body: named("CredentialDraft", credentialDraft),
    example: {
      type: "application",
      endpointUrl: example.endpointUrl,
      clientId: example.clientId,
      clientSecret: "…",
      scope: example.scope,
    },
    answer: credentialCheck,
    problems: ["stale_version", "name_taken"],
    run: (ctx, { body }) => checkDraft(ctx, body),
  }),
  defineEndpoint({
    tag,
    permission: "credentials.check",
    method: "post",
    path: "/credentials/{id}/check",
    summary: "Check a credential now",
    description: "Answers 200 with a verdict for each step, whether the check passed or not.",
    answer: credentialCheck,
    run: (ctx, input) => checkCredential(ctx, input.id),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/credentials/{id}/blast-radius",
    summary: "Read what a change of a credential touches",
    description:
      "Its transports, their triggers with the next due time of schedules (the soonest first), the nodes of both, and how many people are signed in with it.",
    answer: blastRadius,
    run: (ctx, input) => getBlastRadius(ctx, input.id),
  }),
  defineEndpoint({
    tag,
    permission: "credentials.assign",
    method: "post",
    path: "/credentials/{id}/reassign",
    summary: "Give the transports of a credential another one",
    description: "All of them or, when one can't take it, none. Needs the right to change each of the transports.",
    body: named("ReassignInput", reassignInput),
    example: { credentialId: "0190c7a0-0000-7000-8000-000000000001" },
    answer: z.object({ transports: z.array(z.object({ id, name: z.string() })) }),
    problems: ["host_not_allowed"],
    run: async (ctx, input) => ({ transports: await reassignCredential(ctx, input.id, input.body) }),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/credentials/{id}/events",
    summary: "List what happened to a credential",
    description: "Checks and token requests, newest first.",
    query: credentialEventQuery,
    answer: pageOf(credentialEvent),
    run: (ctx, input) => listCredentialEvents(ctx, input.id, input.query),
  }),
  defineEndpoint({
    tag,
    permission: "credentials.assign",
    method: "get",
    path: "/assignable-credentials",
    summary: "List the credentials that a transport may use",
    query: z.object({ type: z.enum(credentialTypes).optional() }),
    answer: z.object({ items: z.array(assignable), nextCursor: z.null() }),
    run: async (ctx, { query }) => ({ items: await listAssignableCredentials(ctx, query), nextCursor: null }),
  }),
];
