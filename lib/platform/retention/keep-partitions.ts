import { asSystem } from "#lib/platform/audit/actor.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { type Log, logs, type Partition } from "./model.ts";
import { planPartitions } from "./plan-partitions.ts";
import {
  dropPartition,
  estimateRows,
  findPartitions,
  holdsOpenRuns,
  makePartition,
  readSettings,
  takeLog,
  trimDefault,
  trimPartition,
} from "./store.ts";

/** More than one look of a worker ever has to do; what is left over comes with the next. */
const maxSteps = 300;
/** So that a round that deletes rows one by one ends. */
const maxTrims = 40;

/**
 * Brings the partitions of every log to what the retention asks for: makes them ahead, drops what has expired. Any number
 * of workers may do so at once: each step is a transaction of its own that one of them does and the others see done. A log
 * whose lock can't be had at once is left for the next time.
 * @param now milliseconds.
 * @returns whether no log was left for the next time.
 */
export async function keepPartitions(now: number): Promise<boolean> {
  let isDone = true;
  for (const log of logs) {
    try {
      for (let step = 0; step < maxSteps; step++) if (!(await takeStep(log, now))) break;
      await trimExpired(log, now);
    } catch (err) {
      isDone = false;
      getLog().warn({ err, log }, "the partitions were left as they are until the next look");
    }
  }
  return isDone;
}

/** Does the first thing that is to be done. @returns whether there may be more. */
async function takeStep(log: Log, now: number): Promise<boolean> {
  return inTransaction(async (tx) => {
    if (!(await takeLog(tx, log))) return false;
    const plan = planPartitions(await findPartitions(tx, log), daysOf(log, await readSettings(tx)), now);
    const [range] = plan.make;
    if (range) {
      const { name, moved } = await makePartition(tx, log, range);
      getLog().info({ log, partition: name, moved }, "a partition was made");
      return true;
    }
    const expired = await findDroppable(tx, log, plan.drop);
    if (!expired) return false;
    const rows = await estimateRows(tx, expired.name);
    await dropPartition(tx, expired.name);
    await recordAudit(tx, asSystem("retention"), {
      action: "retention.drop",
      target: { kind: "retention", id: null, name: log },
      before: { partition: expired.name, until: new Date(expired.to).toISOString(), rowsAboutEstimate: rows },
    });
    getLog().info({ log, partition: expired.name }, "a partition has expired and was dropped");
    return true;
  });
}

/** The first expired partition without unfinished runs: the row of such a run is written again when it ends. */
async function findDroppable(tx: Transaction, log: Log, expired: Partition[]): Promise<Partition | null> {
  for (const partition of expired) if (!(await holdsOpenRuns(tx, log, partition))) return partition;
  return null;
}

/**
 * Deletes expired rows that no dropped partition takes along: of partitions that are too wide, of those that stay for the sake of
 * unfinished runs, and of the default one.
 */
async function trimExpired(log: Log, now: number): Promise<void> {
  const db = getDb();
  const { trim, drop, cutoff } = planPartitions(
    await findPartitions(db, log),
    daysOf(log, await readSettings(db)),
    now,
  );
  if (cutoff === null) return;
  const kept: Partition[] = [];
  for (const partition of drop) if (await holdsOpenRuns(db, log, partition)) kept.push(partition);
  for (const { name } of [...trim, ...kept]) {
    for (let batch = 0; batch < maxTrims; batch++) if ((await trimPartition(db, log, name, cutoff)) === 0) break;
  }
  await trimDefault(db, log, cutoff);
}

function daysOf(log: Log, settings: { runsDays: number | null; credentialEventsDays: number | null }): number | null {
  return log === "runs" ? settings.runsDays : settings.credentialEventsDays;
}
