"use server";
import { z } from "zod";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { checkDraft } from "#lib/delivery/connection-check/check-draft.ts";
import {
  allowHostsOfCredential,
  listHostsOfCredentials,
  listHostsToAllow,
} from "#lib/delivery/transport-edits/missing-hosts.ts";
import { reassignCredential } from "#lib/delivery/transport-edits/reassign-credential.ts";
import { hostsToAllow } from "#lib/delivery/transports/definition.ts";
import { getBlastRadius } from "#lib/oauth/credential-edits/blast-radius.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { deleteCredential } from "#lib/oauth/credential-edits/delete-credential.ts";
import { credentialDraft } from "#lib/oauth/credential-edits/open-draft.ts";
import { readImpacts } from "#lib/oauth/credential-edits/read-impacts.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { setOwner } from "#lib/oauth/credential-edits/set-owner.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { commonFields } from "#lib/oauth/credentials/definition.ts";
import { credentialInput, credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { findProvider } from "#lib/oauth/providers/find-provider.ts";
import { protectedAction } from "#lib/web/action.ts";
import { bulkAction, byIds } from "#lib/web/bulk.ts";

const byId = z.object({ id: z.uuid() });

/** Stores a new credential; its page checks it then. */
export const addCredential = protectedAction(
  { permission: "credentials.write", schema: credentialInput },
  (ctx, input) => createCredential(ctx, input),
);

export const saveCredential = protectedAction(
  { permission: "credentials.write", schema: byId.extend({ update: credentialUpdate }) },
  (ctx, { id, update }) => updateCredential(ctx, id, update),
);

export const removeCredential = protectedAction({ permission: "credentials.write", schema: byId }, (ctx, { id }) =>
  deleteCredential(ctx, id),
);

export const enableCredential = protectedAction(
  { permission: "credentials.write", schema: byId.extend({ enabled: z.boolean() }) },
  (ctx, { id, enabled }) => setCredentialEnabled(ctx, id, enabled),
);

/** Asks the provider for a token now and says how each step went. */
export const checkNow = protectedAction({ permission: "credentials.check", schema: byId }, (ctx, { id }) =>
  checkCredential(ctx, id),
);

/** The same with values that are not saved, and that stay so. */
export const checkUnsaved = protectedAction(
  { permission: "credentials.write", schema: credentialDraft },
  (ctx, draft) => checkDraft(ctx, draft),
);

/** What a change of a credential touches. */
export const readBlastRadius = protectedAction({ permission: "credentials.read", schema: byId }, (ctx, { id }) =>
  getBlastRadius(ctx, id),
);

/** Gives all transports of a credential another one. */
export const reassign = protectedAction(
  { permission: "credentials.assign", schema: byId.extend({ credentialId: z.uuid(), allowHosts: hostsToAllow }) },
  (ctx, { id, ...input }) => reassignCredential(ctx, id, input),
);

/** What another credential has to allow before it can take the transports of one, and whether the user can do that. */
export const readHostsToAllow = protectedAction(
  { permission: "credentials.assign", schema: byId.extend({ to: z.uuid() }) },
  async (ctx, { id, to }) => ({
    hosts: await listHostsToAllow(ctx, id, to),
    canAllow: isAllowed(ctx.grants, "credentials.write", null),
  }),
);

/** Finds the URLs of an Entra tenant, or of a provider with a discovery document. */
export const lookUpProvider = protectedAction(
  {
    permission: "credentials.write",
    schema: z.object({ kind: z.enum(["entra", "discovery"]), text: z.string().trim().min(1).max(2000) }),
  },
  (ctx, lookup) => findProvider(ctx, lookup),
);

/** What a change of several credentials touches. */
export const readCredentialImpacts = protectedAction(
  { permission: "credentials.read", schema: byIds },
  (ctx, { ids }) => readImpacts(ctx, ids),
);

/** The hosts that several credentials don't allow yet, but their transports need. */
export const readMissingHosts = protectedAction({ permission: "credentials.write", schema: byIds }, (ctx, { ids }) =>
  listHostsOfCredentials(ctx, ids),
);

export const checkCredentials = bulkAction({ permission: "credentials.check", input: {}, limit: "checks" }, (ctx, id) =>
  checkCredential(ctx, id),
);

export const enableCredentials = bulkAction(
  { permission: "credentials.write", input: { enabled: z.boolean() }, limit: "changes" },
  async (ctx, id, { enabled }) => void (await setCredentialEnabled(ctx, id, enabled)),
);

export const setCredentialOwner = bulkAction(
  {
    permission: "credentials.write",
    input: { owner: commonFields.owner, ownerEmail: commonFields.ownerEmail },
    limit: "changes",
  },
  setOwner,
);

export const allowCredentialHosts = bulkAction(
  { permission: "credentials.write", input: { hosts: hostsToAllow, needed: hostsToAllow }, limit: "changes" },
  allowHostsOfCredential,
);

export const removeCredentials = bulkAction(
  { permission: "credentials.write", input: {}, limit: "changes" },
  (ctx, id) => deleteCredential(ctx, id),
);
