import { vi } from "vitest";
import { getPool } from "#lib/platform/db/client.ts";

type Plan = Record<string, unknown> & { "Node Type": string; Plans?: Plan[] };
/** A node of a plan: what it does, on which table, with which index, and how many rows it looked at. */
export type PlanStep = { type: string; table: string | null; index: string | null; rows: number };

/** The plans, run for real (EXPLAIN ANALYZE), of every query that `work` sends through the pool. For tests. */
export async function explainQueries(work: () => Promise<unknown>): Promise<PlanStep[][]> {
  const pool = getPool();
  const query = pool.query.bind(pool) as (config: unknown, values: unknown) => unknown;
  const sent: { text: string; values: unknown[] }[] = [];
  const spy = vi.spyOn(pool, "query").mockImplementation(((config: unknown, values: unknown) => {
    const text = typeof config === "string" ? config : (config as { text: string }).text;
    sent.push({ text, values: (values as unknown[]) ?? [] });
    return query(config, values);
  }) as never);
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  const plans: PlanStep[][] = [];
  for (const { text, values } of sent) {
    const { rows } = await pool.query(`explain (analyze, format json, timing off) ${text}`, values);
    plans.push(listSteps(rows[0]["QUERY PLAN"][0].Plan));
  }
  return plans;
}

/** The nodes of a plan that were run at least once. */
function listSteps(plan: Plan): PlanStep[] {
  const below = (plan.Plans ?? []).flatMap(listSteps);
  const loops = Number(plan["Actual Loops"]);
  if (loops === 0) return below;
  const text = (name: string) => (typeof plan[name] === "string" ? (plan[name] as string) : null);
  const rows = (Number(plan["Actual Rows"]) + Number(plan["Rows Removed by Filter"] ?? 0)) * loops;
  return [{ type: plan["Node Type"], table: text("Relation Name"), index: text("Index Name"), rows }, ...below];
}
