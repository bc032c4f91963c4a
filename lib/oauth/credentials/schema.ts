import { z } from "zod";
import { editOf } from "#lib/platform/definitions/derive.ts";
import { complainAboutCredential, type StoredSecrets } from "./complaints.ts";
import { credentialFields, toBranch } from "./definition.ts";
import { completeEndpoint } from "./endpoint.ts";
import { credentialStatuses, credentialTypes, providers } from "./kinds.ts";

/** A new credential, as the form, the action and the API take it. */
export const credentialInput = withCredentialRules({ clientSecret: false, privateKey: false });
/** What may be sent. */
export type CredentialInput = z.input<typeof credentialInput>;

/** The same for a credential that has secrets stored already, so that they may be left out. */
export function withCredentialRules(stored: StoredSecrets) {
  return z
    .object(credentialFields)
    .overwrite(completeEndpoint)
    .superRefine((input, context) => {
      for (const { field, message } of complainAboutCredential(input, stored)) {
        context.addIssue({ code: "custom", path: field.split("."), message });
      }
    })
    .transform(toBranch);
}

/** An edit: the version that it was made from, and the fields to change. */
export const credentialUpdate = editOf(credentialFields);
export type CredentialUpdate = z.input<typeof credentialUpdate>;

export const credentialSorts = [
  "name",
  "type",
  "status",
  "tokenExpiresAt",
  "secretEndsAt",
  "lastCheckedAt",
  "owner",
] as const;
export type CredentialSort = (typeof credentialSorts)[number];

/** By how many days the secret or certificate still serves. */
export const secretEndFilters = ["ended", "7", "30", "60", "unknown"] as const;
export type SecretEndFilter = (typeof secretEndFilters)[number];

/** What a list asks for; all values as they stand in a URL. */
export const credentialQuery = z.object({
  q: z.string().trim().max(200).optional().meta({ description: "Part of the name, client ID, endpoint URL or owner." }),
  type: z.enum(credentialTypes).optional(),
  status: z.enum(credentialStatuses).optional(),
  provider: z.enum(providers).optional(),
  owner: z.string().trim().max(200).optional().meta({ description: "The whole owner, in any case." }),
  secretEnds: z.enum(secretEndFilters).optional().meta({
    description: "Whether the secret or certificate has ended, ends within so many days, or no end is known.",
  }),
  used: z.enum(["true", "false"]).optional().meta({ description: "Whether a transport uses it." }),
  ownerless: z.literal("true").optional().meta({ description: "Those without an owner." }),
  nodeId: z
    .uuid()
    .optional()
    .meta({ description: "Used by a transport on the node or under it, or offered there for signing in." }),
  reason: z
    .string()
    .trim()
    .max(200)
    .optional()
    .meta({ description: "The provider's code behind the status, or else the portal's." }),
  sort: z
    .enum([...credentialSorts, ...credentialSorts.map((name) => `-${name}` as const)])
    .default("name")
    .meta({ description: "A leading - sorts downwards. By status: worst first." }),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type CredentialQuery = z.input<typeof credentialQuery>;

export const credentialEventQuery = z.object({
  outcome: z.enum(["succeeded", "failed"]).optional(),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type CredentialEventQuery = z.input<typeof credentialEventQuery>;
