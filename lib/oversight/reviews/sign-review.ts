import { v7 } from "uuid";
import { z } from "zod";
import { reviews } from "#drizzle/schema/reviews.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDashboard } from "#lib/oversight/dashboards/get-dashboard.ts";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import { resolveScope } from "#lib/oversight/dashboards/scope.ts";
import { dashboardQuery } from "#lib/oversight/dashboards/span.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { toReview } from "./list-reviews.ts";
import type { Review, ReviewSnapshot } from "./model.ts";

/** What is signed: the dashboard as it was asked for, and a note. */
export const reviewInput = dashboardQuery.extend({
  note: z.string().trim().max(2000, "A note has at most 2,000 characters.").default(""),
});
export type ReviewInput = z.input<typeof reviewInput>;

/**
 * Signs a dashboard off: keeps who did, when, where and with which note, and the numbers as they are at this moment.
 * @throws AppError `forbidden`, `not_found`
 */
export async function signReview(ctx: Context, input: ReviewInput): Promise<Review> {
  const { note, ...query } = reviewInput.parse(input);
  const scope = await resolveScope(ctx, query.nodeId);
  requirePermission(ctx, "reviews.sign", scope.nodeId === null ? null : scope.path);
  const dashboard = await getDashboard(ctx, query);
  const row = {
    id: v7(),
    signedAt: new Date(dashboard.at),
    userId: ctx.actor.kind === "user" ? ctx.actor.id : null,
    signedBy: ctx.actor.name,
    nodeId: scope.nodeId,
    nodeName: scope.nodeName,
    nodePath: scope.path,
    since: new Date(dashboard.span.since),
    until: new Date(dashboard.span.until),
    note,
    snapshot: toSnapshot(dashboard),
  };
  await inTransaction(async (tx) => {
    await tx.insert(reviews).values(row);
    await recordAudit(tx, ctx, {
      action: "review.sign",
      target: { kind: "review", id: row.id, name: scope.nodeName },
      after: { nodeId: row.nodeId, since: dashboard.span.since, until: dashboard.span.until, note, ...row.snapshot },
    });
  });
  return toReview(row);
}

function toSnapshot({ credentials, runs, requests, endings, idle }: Dashboard): ReviewSnapshot {
  const within = (filter: string) => endings.counts.find((count) => count.within === filter)?.count ?? 0;
  return {
    credentials: Object.fromEntries(credentials.byStatus.map(({ status, count }) => [status, count])),
    runs: runs.totals,
    tokenRequests: requests.totals,
    endingSoon: within("ended") + within("30"),
    ...idle,
  };
}
