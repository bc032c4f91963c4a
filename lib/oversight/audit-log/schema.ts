import { z } from "zod";

const text = z.string().trim().max(200).optional();
const instant = z.iso.datetime({ offset: true, error: "Enter a time like 2027-01-31T12:00:00Z." }).optional();

/** What a list of audit records asks for; all values as they stand in a URL. */
export const auditQuery = z.object({
  q: text.meta({ description: "Part of the target's name, the actor's name or the address, or a target's id." }),
  actor: text.meta({ description: "The whole name of who acted, in any case." }),
  action: text.meta({ description: "Such as credential.update." }),
  targetKind: text.meta({ description: "Such as credential, user or api_key." }),
  targetId: text,
  from: instant.meta({ description: "From this time on." }),
  to: instant.meta({ description: "Before this time." }),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, "is not a cursor of this list")
    .optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type AuditQuery = z.input<typeof auditQuery>;
