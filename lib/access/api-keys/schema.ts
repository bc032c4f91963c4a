import { z } from "zod";
import { pageQuery, sortBy } from "#lib/platform/definitions/list-query.ts";
import { apiKeyFields, apiKeyStatuses } from "./definition.ts";

/** A new API key. */
export const apiKeyInput = z.object(apiKeyFields);
export type ApiKeyFields = z.output<typeof apiKeyInput>;

export const apiKeyQuery = z.object({
  q: z.string().trim().max(200).optional().meta({ description: "Part of the name or the beginning of the key." }),
  status: z.enum(apiKeyStatuses).optional(),
  sort: sortBy("name", "createdAt", "lastUsedAt", "expiresAt"),
  ...pageQuery,
});
export type ApiKeyQuery = z.input<typeof apiKeyQuery>;
