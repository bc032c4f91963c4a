"use server";
import { z } from "zod";
import { protectedAction } from "#lib/web/action.ts";
import {
  findAuthorityOptions,
  findCredentialChoices,
  findNodeChoices,
  findProxyOptions,
  findTransportOptions,
  findTriggerOptions,
  nodeActions,
  optionQuery,
} from "./find-options.ts";

/** Nodes for a field that picks one. */
export const findNodes = protectedAction(
  { permission: "nodes.read", schema: optionQuery.extend({ action: z.enum(nodeActions) }) },
  (ctx, { action, ...input }) => findNodeChoices(ctx, input, action),
);

/** Nodes for a filter. */
export const findFilterNodes = protectedAction({ permission: "nodes.read", schema: optionQuery }, (ctx, input) =>
  findNodeChoices(ctx, input),
);

/** Credentials for a filter. */
export const findFilterCredentials = protectedAction(
  { permission: "credentials.assign", schema: optionQuery },
  (ctx, input) => findCredentialChoices(ctx, input),
);

/** Transports for a filter. */
export const findTransports = protectedAction({ permission: "transports.read", schema: optionQuery }, (ctx, input) =>
  findTransportOptions(ctx, input),
);

/** Triggers for a filter. */
export const findTriggers = protectedAction({ permission: "triggers.read", schema: optionQuery }, (ctx, input) =>
  findTriggerOptions(ctx, input),
);

/** Named proxies for a form. */
export const findProxies = protectedAction({ permission: "network.read", schema: optionQuery }, (ctx, input) =>
  findProxyOptions(ctx, input),
);

/** Named certificate authorities for a form. */
export const findAuthorities = protectedAction({ permission: "network.read", schema: optionQuery }, (ctx, input) =>
  findAuthorityOptions(ctx, input),
);
