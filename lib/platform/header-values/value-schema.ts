import { z } from "zod";
import { instant } from "#lib/platform/definitions/members.ts";
import type { Named } from "./secret-names.ts";

/**
 * Builds the schema of a header or parameter. The value of a secret one is write-only: absent or null keeps the stored one.
 * @param isSecret whether its value is secret.
 */
export function valueSchema<N extends z.ZodType<string>, V extends z.ZodType<string>>(
  name: N,
  value: V,
  isSecret: (named: Named) => boolean,
) {
  return z
    .object({
      name,
      value: value.nullish().meta({ description: "Write-only if secret: absent or null keeps the stored value." }),
      secret: z.boolean().optional().meta({
        description: "Whether the value is secret. Left out, the name decides, as for x-api-key.",
      }),
      setAt: z.string().optional().meta({ description: "When a secret value was set. Ignored in requests." }),
    })
    .superRefine((given, context) => {
      const entry = given as Named & { value?: string | null };
      const lacksValue = isSecret(entry) ? entry.value === "" : entry.value == null;
      if (lacksValue) context.addIssue({ code: "custom", path: ["value"], message: "Enter the value." });
    });
}

/** How a list of headers or parameters reads back: secret values only by when they were set. */
export const shownValues = z.array(
  z.object({
    name: z.string(),
    value: z.string().nullable().meta({ description: "Null if secret." }),
    secret: z.boolean().optional(),
    setAt: instant.optional().meta({ description: "When a secret value was set." }),
  }),
);
