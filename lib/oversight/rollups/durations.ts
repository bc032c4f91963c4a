/** Upper bounds of the classes that durations are counted in, in milliseconds; one more class holds what is longer. */
export const durationBounds = [
  1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200, 350, 500, 750, 1000, 2000, 5000, 10_000, 30_000,
] as const;

/** Names of the columns that count the classes. */
export const durationColumns = [...durationBounds, null].map((_, index) => `d${index}`);

/**
 * Estimates a quantile from counts by class, evenly spread within its class; null without any. What is longer than the
 * last bound counts as that bound.
 * @param counts by class. @param quantile 0.5 = the median.
 * @returns milliseconds.
 */
export function estimateQuantile(counts: readonly number[], quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = quantile * total;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      const from = durationBounds[index - 1] ?? 0;
      const to = durationBounds[index] ?? from;
      return from + (to - from) * ((wanted - below) / count);
    }
    below += count;
  }
  return durationBounds.at(-1)!;
}
