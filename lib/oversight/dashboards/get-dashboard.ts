import type { Context } from "#lib/access/permissions/context.ts";
import type { Dashboard } from "./model.ts";
import { readCredentials, readEndings } from "./read-credentials.ts";
import { readRequests } from "./read-requests.ts";
import { readRuns } from "./read-runs.ts";
import { readRunway } from "./read-runway.ts";
import { resolveScope } from "./scope.ts";
import { readCounted } from "./sources.ts";
import { type DashboardQuery, dashboardQuery, resolveSpan } from "./span.ts";

/**
 * What a team lead looks at: how credentials, token requests, runs and sign-ins of a node are doing.
 * @param now milliseconds.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getDashboard(ctx: Context, query: DashboardQuery = {}, now = Date.now()): Promise<Dashboard> {
  const wanted = dashboardQuery.parse(query);
  const [{ path: _, ...scope }, counted] = await Promise.all([resolveScope(ctx, wanted.nodeId), readCounted()]);
  const span = resolveSpan(wanted, now);
  const at = new Date(now);
  const [{ credentials, idle }, runs, { requests, signIns }, endings, runway] = await Promise.all([
    readCredentials(scope, at),
    readRuns(scope, span, counted),
    readRequests(scope, span, counted),
    readEndings(scope, at),
    readRunway(scope, at),
  ]);
  return {
    at: at.toISOString(),
    scope,
    span: {
      range: span.range,
      since: new Date(span.from).toISOString(),
      until: new Date(span.to).toISOString(),
      stepMs: span.stepMs,
    },
    credentials,
    runs,
    requests,
    endings,
    runway,
    idle,
    signIns,
  };
}
