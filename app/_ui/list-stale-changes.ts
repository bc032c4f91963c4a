import type { StaleChange } from "./stale-notice.tsx";

type Values = Record<string, unknown>;

/**
 * The fields that someone else changed, with what each was, is, and is in the form.
 * @param changed names of the fields, as the server gives them.
 * @param read before, theirs and mine as the server takes them.
 */
export function listStaleChanges(
  changed: string[],
  { before, theirs, mine }: { before: Values; theirs: Values; mine: Values },
  labels: Record<string, string>,
): StaleChange[] {
  return changed
    .filter((field) => field in before || field in theirs)
    .map((field) => ({
      label: labels[field] ?? field,
      before: before[field],
      theirs: theirs[field],
      here: mine[field],
    }));
}
