import { sql } from "drizzle-orm";
import { dashboardVisits } from "#drizzle/schema/dashboard-visits.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { isAllowedSomewhere } from "#lib/access/permissions/permissions.ts";
import { visitGapMs } from "#lib/oversight/dashboards/get-changes.ts";
import { getDb } from "#lib/platform/db/client.ts";

/**
 * Notes that a person looks at the dashboard. After 30 minutes without a look it is another visit.
 * @param now milliseconds.
 * @throws AppError `forbidden`
 */
export async function noteVisit(ctx: Context, now = Date.now()): Promise<void> {
  if (!isAllowedSomewhere(ctx.grants, "dashboard.read")) requirePermission(ctx, "dashboard.read");
  if (ctx.actor.kind !== "user") return;
  const at = new Date(now);
  const { lastAt, since } = dashboardVisits;
  await getDb()
    .insert(dashboardVisits)
    .values({ userId: ctx.actor.id, lastAt: at })
    .onConflictDoUpdate({
      target: dashboardVisits.userId,
      set: {
        lastAt: at,
        since: sql`case when ${lastAt} < ${new Date(now - visitGapMs)} then ${lastAt} else ${since} end`,
      },
    });
}
