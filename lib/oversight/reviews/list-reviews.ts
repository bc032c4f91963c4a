import { and, desc } from "drizzle-orm";
import { z } from "zod";
import { reviews } from "#drizzle/schema/reviews.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes, isAllowedSomewhere } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import type { Review } from "./model.ts";

/** Filters of the list. `nodeId` covers what is under the node too. */
export const reviewQuery = z.object({
  nodeId: z.uuid().optional(),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type ReviewQuery = z.input<typeof reviewQuery>;

/**
 * Signed reviews of the nodes that the caller may review, newest first.
 * @throws AppError `forbidden`
 */
export async function listReviews(ctx: Context, input: ReviewQuery = {}): Promise<Page<Review>> {
  if (!isAllowedSomewhere(ctx.grants, "dashboard.read")) requirePermission(ctx, "dashboard.read");
  const query = reviewQuery.parse(input);
  const rows = await getDb()
    .select()
    .from(reviews)
    .where(
      and(
        isWithinNodes(reviews.nodePath, allowedNodes(ctx.grants, "dashboard.read")),
        query.nodeId ? isWithinNodes(reviews.nodePath, [query.nodeId]) : undefined,
        keyset(reviews.id, reviews.id, "desc", query.cursor).where,
      ),
    )
    .orderBy(desc(reviews.id))
    .limit(query.limit + 1);
  const page = toPage(rows, query.limit, ({ id }) => ({ value: id, id }));
  return { ...page, items: page.items.map(toReview) };
}

/** A row as it is shown. */
export function toReview({ nodePath: _, userId: __, ...row }: typeof reviews.$inferSelect): Review {
  const { signedAt, since, until } = row;
  return { ...row, signedAt: signedAt.toISOString(), since: since.toISOString(), until: until.toISOString() };
}
