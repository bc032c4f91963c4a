/** A summary of something that is recorded; null before it was created and after it is deleted. */
export type Fields = Record<string, unknown> | null;

/** Of two summaries the fields that differ; one alone (create, delete) stays whole. */
export function keepDifferences(before: Fields, after: Fields): { before: Fields; after: Fields } {
  if (!before || !after) return { before, after };
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const pick = (from: Record<string, unknown>) => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
  return { before: pick(before), after: pick(after) };
}
