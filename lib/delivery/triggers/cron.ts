import { Cron } from "croner";
import cronstrue from "cronstrue";

/** A cron expression in a time zone (IANA name). */
export type CronSchedule = { cron: string; timezone: string };

/** Minute, hour, day of month, month, day of week; nothing that would depend on when it is read (`?`), no seconds, no @names. */
const fields = /^[\dA-Za-z*,/#-]+( [\dA-Za-z*,/#-]+){4}$/;

/**
 * What is wrong with a cron expression, null when nothing is. It has the five fields of crontab(5), with names of months and days,
 * `L` for the last day of the month and `MON#2` for the second Monday.
 */
export function findCronMistake(cron: string): string | null {
  const text = normalize(cron);
  if (!fields.test(text)) {
    return "Enter five fields: minute, hour, day of month, month, day of week, as in 30 8 * * 1-5.";
  }
  try {
    if (open({ cron, timezone: "UTC" }).nextRun(new Date()) === null) return "There is no such day: it is never due.";
    return null;
  } catch (err) {
    const reason = err instanceof Error ? err.message.replace(/^CronPattern: /, "") : String(err);
    return `This is no cron expression: ${reason.replace(/\.$/, "")}.`;
  }
}

/** Whether a time zone is known here, as in Europe/Berlin. */
export function isTimeZone(timezone: string): boolean {
  // Offsets such as +02:00 know no daylight saving time.
  if (!/^[A-Za-z]/.test(timezone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

/**
 * The next times after `from`. Around the changes of daylight saving time (as of Vixie cron): a time of day that is skipped comes at the
 * end of the gap, one that comes twice counts once, the first time; what recurs within the hour or every hour follows the real time.
 */
export function nextTimes(schedule: CronSchedule, from: Date, count: number): Date[] {
  return open(schedule).nextRuns(count, from);
}

/** How many times are counted; who missed more does not want to know the number. */
const maxCounted = 1000;
/** How far back the latest time is looked for, in hours, so that few steps lead to it. */
const looksBack = [1, 24, 31 * 24];

/**
 * What became due from `due` on until now: the latest time, and how many there were, 1000 at most.
 * @param due a time of the schedule, not after `now`.
 */
export function findDue(schedule: CronSchedule, due: Date, now: Date): { latest: Date; count: number } {
  const cron = open(schedule);
  let latest = due;
  let count = 1;
  let next = cron.nextRun(due);
  while (next !== null && next <= now && count < maxCounted) {
    latest = next;
    count++;
    next = cron.nextRun(next);
  }
  return { latest: count < maxCounted ? latest : findLatest(cron, latest, now), count };
}

function findLatest(cron: Cron, atLeast: Date, now: Date): Date {
  let latest = atLeast;
  for (const hours of looksBack) {
    const from = new Date(Math.max(atLeast.getTime(), now.getTime() - hours * 3_600_000));
    for (let next = cron.nextRun(from); next !== null && next <= now; next = cron.nextRun(next)) latest = next;
    if (latest > from) break;
  }
  return latest;
}

/** A cron expression in words: `At 08:30 AM, Monday through Friday`. */
export function describeCron(cron: string): string {
  return cronstrue.toString(normalize(cron), { use24HourTimeFormat: true, verbose: false });
}

function normalize(cron: string): string {
  return cron.trim().replace(/\s+/g, " ");
}

function open({ cron, timezone }: CronSchedule): Cron {
  return new Cron(normalize(cron), {
    timezone,
    mode: "5-part",
    // Lists and ranges of hours are times of day as well.
    fixedTimeRule: "no-wildcard",
    paused: true,
  });
}
