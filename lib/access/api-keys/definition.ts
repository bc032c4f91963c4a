import { z } from "zod";
import { grantFields } from "#lib/access/accounts/definition.ts";
import { keyRoles } from "#lib/access/permissions/permissions.ts";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { field } from "#lib/platform/definitions/field.ts";
import { id, instant } from "#lib/platform/definitions/members.ts";

export const apiKeyFields = {
  name: field(
    "Name",
    z.string("Enter a name.").trim().min(1, "Enter a name.").max(100, "A name has at most 100 characters."),
  ),
  role: field(
    "Role",
    z.enum(keyRoles, "Choose a role.").meta({ description: "metrics reads /metrics and nothing else." }),
  ),
  nodeId: grantFields.nodeId,
  expiresAt: field(
    "Expires",
    z.iso
      .datetime({ offset: true, error: "Enter a time like 2027-01-31T12:00:00Z." })
      .nullable()
      .default(null)
      .meta({ description: "Null: never." }),
    { stored: instant.nullable() },
  ),
};

export const apiKeyStatuses = ["active", "expired", "revoked"] as const;

/** One API key, without the key itself. */
export const apiKeySummary = z.object({
  id,
  ...readBack(apiKeyFields),
  prefix: z.string().meta({ description: "The first characters of the key, to tell keys apart." }),
  nodeName: z.string().nullable(),
  status: z.enum(apiKeyStatuses),
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
  createdBy: z.string(),
  createdAt: instant,
});
export type ApiKeySummary = z.output<typeof apiKeySummary>;
