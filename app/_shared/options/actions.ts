"use server";
import { z } from "zod";
import { protectedAction } from "#lib/web/action.ts";
import {
  findCredentialChoices,
  findNodeChoices,
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
