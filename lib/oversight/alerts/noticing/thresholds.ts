/** At so many days left a notice goes out; 0 = the end has come. */
export const expiryThresholds = [60, 30, 14, 7, 1, 0] as const;

/**
 * The threshold that is told when so many full days are left: the narrowest one that was reached, so that who comes late
 * (a new channel, a worker that was away) hears once, not once for each.
 * @returns null when it is too early for any.
 */
export function thresholdFor(daysLeft: number): number | null {
  if (daysLeft < 0) return 0;
  return expiryThresholds.filter((days) => days > 0 && daysLeft <= days).at(-1) ?? null;
}
