import { setTimeout as delay } from "node:timers/promises";
import { and, eq, isNotNull, notInArray, sql } from "drizzle-orm";
import { runs } from "#drizzle/schema/runs.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { deleteTrigger } from "#lib/delivery/trigger-edits/delete-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { startProcess } from "./children.ts";
import { benchContext, type Sample } from "./sample.ts";

export type ScheduleFigures = {
  count: number;
  /** From the due time to the start of the run, in milliseconds. */
  p50: number;
  p99: number;
};

/** How late the runs of `count` schedules start that are all due in the same second, with one worker. */
export async function measureSchedules({ nodeId, transportId }: Sample, count: number): Promise<ScheduleFigures> {
  const event = { kind: "schedule", cron: "* * * * *", timezone: "UTC" };
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const request = { path: "/fast", body: "{}" };
    const input = triggerInput.parse({ name: `Schedule ${index}`, nodeId, transportId, event, request });
    ids.push((await createTrigger(benchContext, input)).id);
  }
  const worker = startProcess("lib/worker.ts", [], process.env);
  try {
    const ofSchedules = and(
      eq(runs.event, "schedule"),
      notInArray(runs.status, ["queued", "running"]),
      isNotNull(runs.dueAt),
    );
    // The first due time may have passed before the last schedule was made: what counts is one time that all have.
    const whole = getDb()
      .select({ dueAt: runs.dueAt })
      .from(runs)
      .where(ofSchedules)
      .groupBy(runs.dueAt)
      .having(sql`count(*) = ${count}`)
      .limit(1);
    let [found] = await whole;
    while (!found) {
      await delay(200);
      [found] = await whole;
    }
    const late = sql`extract(epoch from ${runs.startedAt} - ${runs.dueAt}) * 1000`;
    const [figures] = await getDb()
      .select({
        p50: sql<number>`percentile_cont(0.5) within group (order by ${late})`.mapWith(Number),
        p99: sql<number>`percentile_cont(0.99) within group (order by ${late})`.mapWith(Number),
        failed: sql<number>`count(*) filter (where ${runs.status} <> 'succeeded')`.mapWith(Number),
      })
      .from(runs)
      .where(and(ofSchedules, eq(runs.dueAt, found.dueAt!)));
    if (!figures || figures.failed > 0) throw new Error(`${figures?.failed} runs of schedules failed`);
    return { count, ...figures };
  } finally {
    await worker.stop();
    for (const id of ids) await deleteTrigger(benchContext, id);
  }
}
