import { z } from "zod";

/** Which page of a list is read; all values as they stand in a URL. */
export const pageQuery = {
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
};

/** The orders of a list, by the first one unless said otherwise; a leading - sorts downwards. */
export function sortBy<const N extends string>(...names: [N, ...N[]]) {
  return z.enum([...names, ...names.map((name) => `-${name}` as const)]).default(names[0] as never);
}
