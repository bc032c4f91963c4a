import { z } from "zod";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { checkDraft } from "#lib/delivery/connection-check/check-draft.ts";
import {
  createAndCheckCredential,
  enableAndCheckCredential,
  updateAndCheckCredential,
} from "#lib/delivery/connection-check/save-and-check.ts";
import { reassignCredential, reassignInput } from "#lib/delivery/transport-edits/reassign-credential.ts";
import { getBlastRadius } from "#lib/oauth/credential-edits/blast-radius.ts";
import { deleteCredential } from "#lib/oauth/credential-edits/delete-credential.ts";
import { credentialDraft } from "#lib/oauth/credential-edits/open-draft.ts";
import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import { listAssignableCredentials, listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { listCredentialEvents } from "#lib/oauth/credential-lists/list-events.ts";
import { credentialTypes } from "#lib/oauth/credentials/kinds.ts";
import {
  credentialEventQuery,
  credentialInput,
  credentialQuery,
  credentialUpdate,
} from "#lib/oauth/credentials/schema.ts";
import { id, pageOf } from "./answers.ts";
import {
  assignable,
  blastRadius,
  credentialCheck,
  credentialDetail,
  credentialEvent,
  credentialSummary,
} from "./credential-answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

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
