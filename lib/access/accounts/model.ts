import { z } from "zod";
import { id, instant } from "#lib/platform/definitions/members.ts";

/** A session of a person. */
export const sessionSummary = z.object({
  id,
  userId: id,
  username: z.string(),
  displayName: z.string(),
  method: z.string().meta({ description: "`local`, or the credential profile's name." }),
  credentialId: id.nullable().meta({ description: "The credential profile; null for local accounts." }),
  nodeId: id.nullable().meta({ description: "The node that the person chose to sign in at." }),
  nodeName: z.string().nullable(),
  mfaMethod: z
    .string()
    .nullable()
    .meta({ description: "Which second factor was verified (`totp`, `recovery code`, `provider: …`); null: none." }),
  createdAt: instant,
  lastSeenAt: instant,
  expiresAt: instant.meta({ description: "When it ends if it is not used from now on." }),
  address: z.string(),
  userAgent: z.string(),
  status: z.enum(["active", "expired", "revoked"]),
  revokedAt: instant.nullable(),
  revokedReason: z.string().nullable(),
});
export type SessionSummary = z.output<typeof sessionSummary>;
