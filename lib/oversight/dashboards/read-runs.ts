import { sql } from "drizzle-orm";
import { durationColumns, estimateQuantile } from "#lib/oversight/rollups/durations.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { RunBlock, RunTotals, Scope } from "./model.ts";
import { isInScope } from "./scope.ts";
import { type Counted, selectRunSteps, selectTriggerCounts } from "./sources.ts";
import { type DashboardSpan, listSteps } from "./span.ts";

/** How many triggers are named. */
const shown = 8;
/** A trigger counts among the slowest with this many runs at least. */
const fewestRuns = 5;

/** Runs by outcome over time, and the triggers that fail most and take longest. */
export async function readRuns(scope: Scope, span: DashboardSpan, counted: Counted): Promise<RunBlock> {
  const [series, triggers] = await Promise.all([readSeries(scope, span, counted), readTriggers(scope, span, counted)]);
  const sum = (name: keyof RunTotals) => series.reduce((total, step) => total + step[name], 0);
  return { series, totals: { succeeded: sum("succeeded"), failed: sum("failed"), other: sum("other") }, ...triggers };
}

async function readSeries(scope: Scope, span: DashboardSpan, counted: Counted): Promise<RunBlock["series"]> {
  const source = selectRunSteps(span, counted, isInScope(sql`node_path`, scope));
  const { rows } = await getDb().execute<{ step: number } & RunTotals>(sql`
    select step, sum(succeeded)::float8 as succeeded, sum(failed)::float8 as failed, sum(other)::float8 as other
    from (${source}) run group by step`);
  const found = new Map(rows.map(({ step, ...totals }) => [step, totals]));
  return listSteps(span).map((ms, step) => ({
    at: new Date(ms).toISOString(),
    ...(found.get(step) ?? { succeeded: 0, failed: 0, other: 0 }),
  }));
}

type TriggerRow = { id: string; name: string; runs: number; failed: number } & Record<string, number>;

async function readTriggers(scope: Scope, span: DashboardSpan, counted: Counted) {
  const where = sql`trigger_id is not null and ${isInScope(sql`node_path`, scope)}`;
  const sums = sql.raw(durationColumns.map((name) => `sum(${name})::float8 as ${name}`).join(", "));
  const { rows } = await getDb().execute<TriggerRow>(sql`
    select trigger_id as id, max(trigger_name) as name, sum(runs)::float8 as runs, sum(failed)::float8 as failed, ${sums}
    from (${selectTriggerCounts(span, counted, where)}) run group by trigger_id`);
  const all = rows.map((row) => {
    const counts = durationColumns.map((name) => row[name] ?? 0);
    const { id: triggerId, name, runs, failed } = row;
    return {
      triggerId,
      name,
      runs,
      failed,
      finished: counts.reduce((sum, count) => sum + count, 0),
      p50: estimateQuantile(counts, 0.5) ?? 0,
      p95: estimateQuantile(counts, 0.95) ?? 0,
    };
  });
  return {
    failing: all
      .filter(({ failed }) => failed > 0)
      .sort((one, other) => other.failed - one.failed || one.name.localeCompare(other.name))
      .slice(0, shown)
      .map(({ triggerId, name, runs, failed }) => ({ triggerId, name, runs, failed })),
    slowest: all
      .filter(({ finished }) => finished >= fewestRuns)
      .sort((one, other) => other.p95 - one.p95 || one.name.localeCompare(other.name))
      .slice(0, shown)
      .map(({ finished: _, ...trigger }) => trigger),
  };
}
