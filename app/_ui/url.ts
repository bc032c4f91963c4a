/** Query parameters of a page, as Next hands them over once awaited. */
export type SearchParams = Record<string, string | string[] | undefined>;

/**
 * A link to the same list with some parameters changed. Empty values leave the URL.
 * @param changes undefined or "" removes a parameter.
 */
export function hrefWith(path: string, current: SearchParams, changes: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...current, ...changes })) {
    for (const each of Array.isArray(value) ? value : [value]) if (each) query.append(name, each);
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The first value of each parameter, empty ones left out: what a list use-case takes. */
export function firstValues(params: SearchParams): Record<string, string> {
  const entries = Object.entries(params).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return Object.fromEntries(entries.filter(([, value]) => value));
}
