import { z } from "zod";
import { longestDays } from "#lib/platform/retention/model.ts";

const days = z
  .int("Enter a whole number of days.")
  .min(1, "Keep at least 1 day.")
  .max(longestDays, `Keep at most ${longestDays} days, or for ever.`)
  .nullable();

/** An edit of the retention: days, or null for ever. What is left out stays. */
export const retentionChanges = z.object({
  version: z.int().min(1),
  runsDays: days.optional(),
  credentialEventsDays: days.optional(),
});
export type RetentionChanges = z.input<typeof retentionChanges>;
