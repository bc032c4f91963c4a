"use server";
import { idInput } from "#lib/access/accounts/schema.ts";
import { createApiKey, revokeApiKey } from "#lib/access/api-keys/api-keys.ts";
import { apiKeyInput } from "#lib/access/api-keys/schema.ts";
import { protectedAction } from "#lib/web/action.ts";

export const addApiKey = protectedAction({ permission: "api-keys.write", schema: apiKeyInput }, (ctx, input) =>
  createApiKey(ctx, input),
);

export const endApiKey = protectedAction({ permission: "api-keys.write", schema: idInput }, (ctx, { id }) =>
  revokeApiKey(ctx, id),
);
