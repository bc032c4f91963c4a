import { and, asc, eq, inArray, lte, type SQL, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { schedules } from "#drizzle/schema/schedules.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { leaveRun } from "#lib/delivery/firing/fire.ts";
import { type Firing, toBareOrder, toOrder } from "#lib/delivery/firing/to-order.ts";
import { enqueueRuns } from "#lib/delivery/queue/queue.ts";
import { type RunOrder, unsentRun } from "#lib/delivery/runs/order.ts";
import { insertRuns } from "#lib/delivery/runs/store.ts";
import { findDue, nextTimes } from "#lib/delivery/triggers/cron.ts";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import { loadTriggerPlans, type TriggerPlan } from "#lib/delivery/triggers/plan.ts";
import { getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { isDatabaseUnavailable } from "#lib/platform/db/unavailable.ts";
import { type AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";

/** A time is missed when nobody was there for so long after it. */
const graceMs = 60_000;
/** How many schedules are looked at in one go, how many of them move on in one transaction, and how many of those go on at once. */
const maxAtOnce = 400;
const maxTogether = 50;
const inParallel = 4;

type ScheduleEvent = Extract<TriggerEvent, { kind: "schedule" }>;
type Due = { triggerId: string; version: number; event: TriggerEvent; dueAt: Date; now: Date };

/** A schedule that is due, where it goes on, and the run that it makes; none for times that were missed and are skipped. */
type Step = {
  due: Due;
  next: Date | null;
  latest: Date;
  missed: number;
  run: { plan: TriggerPlan; order: RunOrder; input: Firing["input"]; refusal: AppError | null } | null;
};

/** How soon the next schedule is due, in milliseconds by the clock of the database: 0 when one is, null when none is in sight. */
export async function msToNextDue(): Promise<number | null> {
  const ms = sql<number | null>`extract(epoch from min(${schedules.nextDueAt}) - now())::float8 * 1000`;
  const [next] = await getDb().select({ ms }).from(schedules);
  return next?.ms == null ? null : Math.max(0, next.ms);
}

/**
 * Makes the runs of the schedules that are due, by the clock of the database. Any number of processes may do this: a due time belongs
 * to whose transaction moves the schedule on to its next one, and the run is queued in the same transaction.
 * @param now the time to use instead of the clock of the database.
 * @returns how many schedules moved on; what could not is logged, and due the next time.
 */
export async function fireDue(now?: Date): Promise<number> {
  const clock = now ? sql<Date>`${now.toISOString()}::timestamptz` : sql<Date>`now()`;
  const found = await selectDue(clock);
  if (found.length === 0) return 0;
  // Read anew: what was just edited counts.
  const plans = await loadTriggerPlans(found.map(({ triggerId }) => triggerId));
  const steps: Step[] = [];
  for (const due of found) {
    const plan = plans.get(due.triggerId);
    if (due.event.kind !== "schedule" || !plan) continue;
    if (plan instanceof Error) getLog().error({ err: plan, triggerId: due.triggerId }, "a schedule can't be fired");
    else steps.push(await prepareStep(due, due.event, plan));
  }
  // Those with limits lock their trigger, and nobody may wait for a second lock while holding one.
  const isLimited = ({ run }: Step) => run !== null && run.plan.maxInProgress > 0;
  const free = steps.filter((step) => !isLimited(step));
  const groups = steps.filter(isLimited).map((step) => [step]);
  for (let at = 0; at < free.length; at += maxTogether) groups.push(free.slice(at, at + maxTogether));
  let moved = 0;
  const left = groups.values();
  const work = async () => {
    for (const group of left) moved += await fireGroup(group, clock);
  };
  await Promise.all(Array.from({ length: Math.min(inParallel, groups.length) }, work));
  return moved;
}

function selectDue(clock: SQL<Date>): Promise<Due[]> {
  return getDb()
    .select({
      triggerId: schedules.triggerId,
      version: triggers.version,
      event: triggers.event,
      dueAt: sql<Date>`${schedules.nextDueAt}`.mapWith(schedules.nextDueAt),
      now: sql<Date>`${clock}`.mapWith(schedules.nextDueAt),
    })
    .from(schedules)
    .innerJoin(triggers, eq(triggers.id, schedules.triggerId))
    .where(lte(schedules.nextDueAt, clock))
    .orderBy(asc(schedules.nextDueAt))
    .limit(maxAtOnce);
}

async function prepareStep(due: Due, event: ScheduleEvent, plan: TriggerPlan): Promise<Step> {
  const { latest, count } = findDue(event, due.dueAt, due.now);
  const fires = event.catchUp === "once" || due.now.getTime() - latest.getTime() <= graceMs;
  const [next] = nextTimes(event, latest, 1);
  const run = fires ? await prepareRun(plan, event, latest) : null;
  return { due, next: next ?? null, latest, missed: fires ? count - 1 : count, run };
}

/** The run of a due time. What it would send may not be known any more, which becomes its outcome. */
async function prepareRun(plan: TriggerPlan, event: ScheduleEvent, dueAt: Date): Promise<NonNullable<Step["run"]>> {
  const input = { variables: {}, webhook: null, dueAt: dueAt.toISOString() };
  const name = `Schedule ${event.cron}, ${event.timezone}`;
  const firing: Firing = { runId: v7(), event: "schedule", actor: { kind: "system", id: null, name }, input };
  try {
    return { plan, input, order: await toOrder(plan, firing), refusal: null };
  } catch (err) {
    if (isDatabaseUnavailable(err)) throw err;
    return { plan, input, order: toBareOrder(plan, firing), refusal: toAppError(err) };
  }
}

/** Moves schedules on and queues their runs, in one transaction. Another process that works on the same ones is not waited for. */
async function fireGroup(group: Step[], clock: SQL<Date>): Promise<number> {
  try {
    const mine = await inTransaction(async (tx) => {
      const steps = await lockSteps(tx, group, clock);
      await moveOn(tx, steps);
      const made = steps.flatMap(({ run }) => run ?? []);
      const refused = made.flatMap(({ order, refusal }) =>
        refusal ? [{ run: unsentRun(order, refusal), nodePath: order.node.path }] : [],
      );
      await insertRuns(tx, refused);
      const accepted = made.filter(({ refusal }) => refusal === null);
      await enqueueRuns(
        tx,
        accepted.filter(({ plan }) => plan.maxInProgress === 0),
        new Date(),
      );
      for (const { plan, order, input } of accepted) {
        if (plan.maxInProgress > 0) await leaveRun(tx, plan, order, input);
      }
      return steps;
    });
    for (const { due, missed, latest, run } of mine) {
      if (missed === 0) continue;
      const facts = { triggerId: due.triggerId, missed, until: latest, fires: run !== null };
      getLog().warn(facts, "due times of a schedule were missed");
    }
    return mine.length;
  } catch (err) {
    if (isDatabaseUnavailable(err)) throw err;
    getLog().error({ err, triggerIds: group.map(({ due }) => due.triggerId) }, "schedules could not be fired");
    return 0;
  }
}

/**
 * Those that are still due at the time that was seen. First the triggers, then the schedules, as an edit takes them; one that is being
 * edited, which says itself when it is due next, or that another process has in hand, is left out.
 */
async function lockSteps(tx: Transaction, group: Step[], clock: SQL<Date>): Promise<Step[]> {
  const ids = group.map(({ due }) => due.triggerId);
  const versions = await tx
    .select({ id: triggers.id, version: triggers.version })
    .from(triggers)
    .where(inArray(triggers.id, ids))
    .for("share", { skipLocked: true });
  const known = new Map(versions.map(({ id, version }) => [id, version]));
  const times = await tx
    .select({ id: schedules.triggerId, dueAt: schedules.nextDueAt })
    .from(schedules)
    .where(and(inArray(schedules.triggerId, ids), lte(schedules.nextDueAt, clock)))
    .for("update", { skipLocked: true });
  const dueAt = new Map(times.map((time) => [time.id, time.dueAt?.getTime()]));
  return group.filter(
    ({ due }) => known.get(due.triggerId) === due.version && dueAt.get(due.triggerId) === due.dueAt.getTime(),
  );
}

async function moveOn(tx: Transaction, steps: Step[]): Promise<void> {
  if (steps.length === 0) return;
  const values = steps.map(({ due, next, latest, missed, run }) => ({
    trigger_id: due.triggerId,
    next_due_at: next,
    last_due_at: run && latest,
    missed: missed > 0 ? missed : null,
    missed_until: missed > 0 ? latest : null,
  }));
  await tx.execute(sql`
    update schedules s set
      next_due_at = v.next_due_at,
      last_due_at = coalesce(v.last_due_at, s.last_due_at),
      missed = coalesce(v.missed, s.missed),
      missed_until = coalesce(v.missed_until, s.missed_until)
    from json_to_recordset(${JSON.stringify(values)}::json)
      as v(trigger_id uuid, next_due_at timestamptz, last_due_at timestamptz, missed int, missed_until timestamptz)
    where s.trigger_id = v.trigger_id`);
}
