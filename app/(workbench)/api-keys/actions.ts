"use server";
import { createApiKey, revokeApiKey } from "#lib/identity/api-keys.ts";
import { apiKeyInput, idInput } from "#lib/identity/schema.ts";
import { protectedAction } from "#lib/web/action.ts";

export const addApiKey = protectedAction({ permission: "api-keys.write", schema: apiKeyInput }, (ctx, input) =>
  createApiKey(ctx, input),
);

export const endApiKey = protectedAction({ permission: "api-keys.write", schema: idInput }, (ctx, { id }) =>
  revokeApiKey(ctx, id),
);
