import { z } from "zod";
import { createApiKey, getApiKey, listApiKeys, revokeApiKey } from "#lib/access/api-keys/api-keys.ts";
import { apiKeySummary } from "#lib/access/api-keys/definition.ts";
import { apiKeyInput, apiKeyQuery } from "#lib/access/api-keys/schema.ts";
import { pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const apiKey = named("ApiKey", apiKeySummary);

const tag = "API keys";
const read = { tag, permission: "api-keys.read" } as const;
const write = { tag, permission: "api-keys.write" } as const;

export const apiKeyEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/api-keys",
    summary: "List API keys",
    query: apiKeyQuery,
    answer: pageOf(apiKey),
    run: (ctx, { query }) => listApiKeys(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/api-keys",
    summary: "Make an API key",
    body: named("ApiKeyInput", apiKeyInput),
    example: { name: "CI", role: "operator", nodeId: null, expiresAt: "2027-01-31T12:00:00Z" },
    answer: named(
      "CreatedApiKey",
      apiKeySummary.extend({ key: z.string().meta({ description: "The key itself; it is told this once." }) }),
    ),
    status: 201,
    problems: ["name_taken"],
    run: async (ctx, { body }) => {
      const { apiKey: created, key } = await createApiKey(ctx, body);
      return { ...created, key };
    },
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/api-keys/{id}",
    summary: "Read an API key's data",
    answer: apiKey,
    run: (ctx, input) => getApiKey(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/api-keys/{id}",
    summary: "Revoke an API key",
    description: "It is refused within 2 seconds. It stays in the list as revoked.",
    run: async (ctx, input) => void (await revokeApiKey(ctx, input.id)),
  }),
];
