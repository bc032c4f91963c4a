import { and, count, desc, eq, gte, sql } from "drizzle-orm";
import { credentialStates } from "#drizzle/schema/credential-states.ts";
import { credentialStatusChanges } from "#drizzle/schema/credential-status-changes.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { dashboardVisits } from "#drizzle/schema/dashboard-visits.ts";
import { runs } from "#drizzle/schema/runs.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { idsWithin } from "#lib/oversight/rollups/count.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { Changes, Scope } from "./model.ts";
import { isInScope, isOfScope, resolveScope } from "./scope.ts";
import { dayMs, hourMs, readCounted, selectRunSteps } from "./sources.ts";

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
  const { credentialId, createdAt } = credentialStates;
  const where = and(gte(credentialStatusChanges.at, since), isOfScope(scope, credentialStatusChanges.credentialId));
  const [statuses, latest, added, failedRuns] = await Promise.all([
    getDb()
      .select({ to: credentialStatusChanges.toStatus, count: count() })
      .from(credentialStatusChanges)
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
    getDb().$count(credentialStates, and(gte(createdAt, since), isOfScope(scope, credentialId))),
    countFailedRuns(scope, since.getTime(), now),
  ]);
  return {
    since: since.toISOString(),
    statuses,
    latest: latest.map((row) => ({ ...row, at: row.at.toISOString() })),
    added,
    failedRuns,
  };
}

/** From the counts that the charts are made of; of the hour in which the span begins from the runs. */
async function countFailedRuns(scope: Scope, since: number, now: number): Promise<number> {
  const isHere = isInScope(sql`node_path`, scope);
  const from = Math.ceil(since / hourMs) * hourMs;
  const span = { range: "custom", from, to: Math.max(from, Math.ceil(now / hourMs) * hourMs), stepMs: dayMs } as const;
  const steps = selectRunSteps(span, await readCounted(), isHere);
  const { rows } = await getDb().execute<{ failed: number }>(sql`
    select ((select coalesce(sum(failed), 0) from (${steps}) run)
      + (select count(*) from ${runs} where status = 'failed' and ${idsWithin(sql`id`, { from: since, to: from })} and ${isHere}))::int as failed`);
  return rows[0]!.failed;
}

async function readSince(ctx: Context, now: number): Promise<Date | null> {
  if (ctx.actor.kind !== "user") return null;
  const [visit] = await getDb().select().from(dashboardVisits).where(eq(dashboardVisits.userId, ctx.actor.id));
  if (!visit) return null;
  return visit.lastAt.getTime() < now - visitGapMs ? visit.lastAt : visit.since;
}
