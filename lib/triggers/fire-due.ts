import { and, asc, eq, lte, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { schedules } from "#drizzle/schema/schedules.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { getDb, inTransaction } from "../db/client.ts";
import { isDatabaseUnavailable } from "../db/unavailable.ts";
import { toAppError } from "../errors.ts";
import { getLog } from "../log.ts";
import { unsentRun } from "../runs/execute.ts";
import { insertRun } from "../runs/store.ts";
import { findDue, nextTimes } from "../schedules/cron.ts";
import type { TriggerEvent } from "./model.ts";
import { loadTriggerPlan } from "./plan.ts";
import { leaveRun } from "./start-run.ts";
import { type Firing, toBareOrder, toOrder } from "./to-order.ts";

/** A time is missed when nobody was there for so long after it. */
const graceMs = 60_000;
/** How many schedules are fired in one go, and how many of them at once. */
const maxAtOnce = 200;
const inParallel = 8;

type Due = { triggerId: string; version: number; event: TriggerEvent; dueAt: Date; now: Date };

/**
 * Makes the runs of the schedules that are due, by the clock of the database. Any number of processes may do this: a due time belongs
 * to whose transaction moves the schedule on to its next one, and the run is queued in the same transaction.
 * @returns how many schedules moved on; what could not is logged, and due the next time.
 */
export async function fireDue(): Promise<number> {
  const due: Due[] = await getDb()
    .select({
      triggerId: schedules.triggerId,
      version: triggers.version,
      event: triggers.event,
      dueAt: sql<Date>`${schedules.nextDueAt}`.mapWith(schedules.nextDueAt),
      now: sql<Date>`now()`.mapWith(schedules.nextDueAt),
    })
    .from(schedules)
    .innerJoin(triggers, eq(triggers.id, schedules.triggerId))
    .where(lte(schedules.nextDueAt, sql`now()`))
    .orderBy(asc(schedules.nextDueAt))
    .limit(maxAtOnce);
  let moved = 0;
  const left = due.values();
  const work = async () => {
    for (const each of left) {
      try {
        if (await fireOne(each)) moved++;
      } catch (err) {
        if (isDatabaseUnavailable(err)) throw err;
        getLog().error({ err, triggerId: each.triggerId }, "a schedule could not be fired");
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(inParallel, due.length) }, work));
  return moved;
}

async function fireOne({ triggerId, version, event, dueAt, now }: Due): Promise<boolean> {
  if (event.kind !== "schedule") return false;
  const { latest, count } = findDue(event, dueAt, now);
  const fires = event.catchUp === "once" || now.getTime() - latest.getTime() <= graceMs;
  const missed = fires ? count - 1 : count;
  const [next] = nextTimes(event, latest, 1);
  const prepared = fires ? await prepare(triggerId, event, latest) : null;
  const isMine = await inTransaction(async (tx) => {
    // An edit of the trigger is waited for; it says itself when the schedule is due next.
    const [trigger] = await tx
      .select({ version: triggers.version })
      .from(triggers)
      .where(eq(triggers.id, triggerId))
      .for("share");
    if (trigger?.version !== version) return false;
    const moved = await tx
      .update(schedules)
      .set({
        nextDueAt: next ?? null,
        ...(fires && { lastDueAt: latest }),
        ...(missed > 0 && { missed, missedUntil: latest }),
      })
      .where(and(eq(schedules.triggerId, triggerId), eq(schedules.nextDueAt, dueAt)))
      .returning({ id: schedules.triggerId });
    if (moved.length === 0) return false;
    if (!prepared) return true;
    const { plan, order, firing, refusal } = prepared;
    if (refusal) await insertRun(tx, { run: unsentRun(order, refusal), nodePath: order.node.path });
    else await leaveRun(tx, plan, order, firing.input);
    return true;
  });
  if (isMine && missed > 0)
    getLog().warn({ triggerId, missed, until: latest, fires }, "due times of a schedule were missed");
  return isMine;
}

/** The run of a due time. What it would send may not be known any more, which becomes its outcome. */
async function prepare(triggerId: string, event: Extract<TriggerEvent, { kind: "schedule" }>, dueAt: Date) {
  // Read anew: what was just edited counts.
  const plan = await loadTriggerPlan(triggerId);
  const firing: Firing = {
    runId: v7(),
    event: "schedule",
    actor: { kind: "system", id: null, name: `Schedule ${event.cron}, ${event.timezone}` },
    input: { variables: {}, webhook: null, dueAt: dueAt.toISOString() },
  };
  try {
    return { plan, firing, order: await toOrder(plan, firing), refusal: null };
  } catch (err) {
    if (isDatabaseUnavailable(err)) throw err;
    return { plan, firing, order: toBareOrder(plan, firing), refusal: toAppError(err) };
  }
}
