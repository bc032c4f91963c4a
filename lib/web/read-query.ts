import type { z } from "zod";
import { isStorable } from "#lib/platform/db/storable.ts";

/**
 * Reads a page's query with the schema of its list. A value that doesn't fit (an edited or old link) is left out rather
 * than failing the page.
 * @param params first values only, empty ones left out.
 */
export function readQuery<S extends z.ZodObject>(schema: S, params: Record<string, string>): z.output<S> {
  const known = Object.fromEntries(
    Object.entries(params).filter(([name, value]) => name in schema.shape && isStorable(value)),
  );
  const first = schema.safeParse(known);
  if (first.success) return first.data;
  for (const issue of first.error.issues) delete known[String(issue.path[0])];
  return schema.parse(known);
}
