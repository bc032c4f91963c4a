/**
 * Keeps a label to its first `limit` values; what comes later counts as `other`. Each value of a label is a time series
 * that Prometheus keeps for good.
 */
export function createBoundedLabel(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= limit) return "other";
    known.add(value);
    return value;
  };
}
