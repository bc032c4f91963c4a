import type { Option } from "./search-select.tsx";

/**
 * Makes the options of a choice from the words for its values.
 * @param values which of them, in which order; without it all, in the order of the words.
 */
export function toOptions<T extends string>(
  words: Record<T, string>,
  values: readonly T[] = Object.keys(words) as T[],
): Option[] {
  return values.map((value) => ({ value, label: words[value] }));
}
