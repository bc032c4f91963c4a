"use server";
import { z } from "zod";
import { createAuthority, deleteAuthority, updateAuthority } from "#lib/oauth/network/authorities.ts";
import { createProxy, deleteProxy, updateProxy } from "#lib/oauth/network/proxies.ts";
import { authorityInput, authorityUpdate, proxyInput, proxyUpdate } from "#lib/oauth/network/schema.ts";
import { protectedAction } from "#lib/web/action.ts";

const permission = "network.write";
const byId = z.object({ id: z.uuid() });

export const addProxy = protectedAction({ permission, schema: proxyInput }, (ctx, input) => createProxy(ctx, input));

export const saveProxy = protectedAction(
  { permission, schema: byId.extend({ update: proxyUpdate }) },
  (ctx, { id, update }) => updateProxy(ctx, id, update),
);

export const removeProxy = protectedAction({ permission, schema: byId }, (ctx, { id }) => deleteProxy(ctx, id));

export const addAuthority = protectedAction({ permission, schema: authorityInput }, (ctx, input) =>
  createAuthority(ctx, input),
);

export const saveAuthority = protectedAction(
  { permission, schema: byId.extend({ update: authorityUpdate }) },
  (ctx, { id, update }) => updateAuthority(ctx, id, update),
);

export const removeAuthority = protectedAction({ permission, schema: byId }, (ctx, { id }) => deleteAuthority(ctx, id));
