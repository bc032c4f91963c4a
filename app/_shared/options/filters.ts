import type { Context } from "#lib/access/permissions/context.ts";
import { mayDoSomewhere } from "#lib/web/action.ts";
import { findFilterCredentials, findFilterNodes, findTransports, findTriggers } from "./actions.ts";
import { findCredentialChoices, findNodeChoices, findTransportOptions, findTriggerOptions } from "./find-options.ts";

const only = (id: string) => ({ q: "", include: [id] });

export const nodeFilter = (ctx: Context) => ({
  name: "nodeId",
  label: "Node",
  find: findFilterNodes,
  findChosen: (id: string) => findNodeChoices(ctx, only(id)),
});

export const transportFilter = (ctx: Context) => ({
  name: "transportId",
  label: "Transport",
  find: findTransports,
  findChosen: (id: string) => findTransportOptions(ctx, only(id)),
});

export const triggerFilter = (ctx: Context) => ({
  name: "triggerId",
  label: "Trigger",
  find: findTriggers,
  findChosen: (id: string) => findTriggerOptions(ctx, only(id)),
});

/** False for users who can't see which credentials there are. */
export const credentialFilter = (ctx: Context) =>
  mayDoSomewhere(ctx, "credentials.assign") && {
    name: "credentialId",
    label: "Credential",
    find: findFilterCredentials,
    findChosen: (id: string) => findCredentialChoices(ctx, only(id)),
  };
