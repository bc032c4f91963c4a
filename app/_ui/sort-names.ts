const byName = new Intl.Collator("en", { numeric: true });

/** Names in the order of people: `Get2` before `Get10`. */
export function sortNames(names: readonly string[]): string[] {
  return [...names].sort(byName.compare);
}
