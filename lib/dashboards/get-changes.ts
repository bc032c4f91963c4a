import { and, count, desc, eq, gte, sql } from "drizzle-orm";
import { credentialStatusChanges } from "#drizzle/schema/credential-status-changes.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { dashboardVisits } from "#drizzle/schema/dashboard-visits.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { filterCredentials } from "../credentials/filters.ts";
import { getDb } from "../db/client.ts";
import { lowestIdAt } from "../db/uuid-time.ts";
import type { Context } from "../identity/context.ts";
import type { Changes } from "./model.ts";
import { isInScope, resolveScope } from "./scope.ts";

const shown = 8;
/** After so long without a look a visit is over. */
export const visitGapMs = 30 * 60_000;

/**
 * What happened since the person's visit before this one.
 * @param now milliseconds.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getChanges(ctx: Context, nodeId: string | undefined, now = Date.now()): Promise<Changes> {
  const [scope, since] = await Promise.all([resolveScope(ctx, nodeId), readSince(ctx, now)]);
  if (since === null) return { since: null, statuses: [], latest: [], added: 0, failedRuns: 0 };
  const filter = { nodeId: scope.nodeId ?? undefined };
  const inScope = filterCredentials(filter, new Date(now));
  const where = and(gte(credentialStatusChanges.at, since), inScope);
  const [statuses, latest, added, failedRuns] = await Promise.all([
    getDb()
      .select({ to: credentialStatusChanges.toStatus, count: count() })
      .from(credentialStatusChanges)
      .innerJoin(credentials, eq(credentials.id, credentialStatusChanges.credentialId))
      .where(where)
      .groupBy(credentialStatusChanges.toStatus),
    getDb()
      .select({
        credentialId: credentials.id,
        name: credentials.name,
        from: credentialStatusChanges.fromStatus,
        to: credentialStatusChanges.toStatus,
        at: credentialStatusChanges.at,
        reason: credentialStatusChanges.reason,
      })
      .from(credentialStatusChanges)
      .innerJoin(credentials, eq(credentials.id, credentialStatusChanges.credentialId))
      .where(where)
      .orderBy(desc(credentialStatusChanges.id))
      .limit(shown),
    getDb().$count(credentials, and(gte(credentials.createdAt, since), inScope)),
    getDb().$count(
      runs,
      and(
        eq(runs.status, "failed"),
        gte(runs.id, lowestIdAt(since.getTime())),
        isInScope(sql`${runs.nodePath}`, scope),
      ),
    ),
  ]);
  return {
    since: since.toISOString(),
    statuses,
    latest: latest.map((row) => ({ ...row, at: row.at.toISOString() })),
    added,
    failedRuns,
  };
}

async function readSince(ctx: Context, now: number): Promise<Date | null> {
  if (ctx.actor.kind !== "user") return null;
  const [visit] = await getDb().select().from(dashboardVisits).where(eq(dashboardVisits.userId, ctx.actor.id));
  if (!visit) return null;
  return visit.lastAt.getTime() < now - visitGapMs ? visit.lastAt : visit.since;
}
