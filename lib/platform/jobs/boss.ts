import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import { getPool, type Transaction } from "#lib/platform/db/client.ts";
import { getLog } from "#lib/platform/log/log.ts";

/** A worker that ended is noticed when its jobs were not touched for this long; the least that pg-boss allows. */
const heartbeatSeconds = 10;
const day = 24 * 60 * 60;

/**
 * pg-boss on the pool of this process, in its own schema `pgboss`, which it makes and keeps up to date itself. Only its queue is
 * used (docs/decisions/0017-due-times-of-our-own.md). It polls and locks rows with SKIP LOCKED; no LISTEN, no session locks: it works
 * behind pgbouncer in transaction mode.
 */
export async function startBoss(): Promise<PgBoss> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => getPool().query(text, values) },
    schema: "pgboss",
    schedule: false,
    registerInstance: false,
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    maintenanceIntervalSeconds: 600,
  });
  boss.on("error", (err) => getLog().warn({ err }, "the queue of jobs could not be kept"));
  boss.on("warning", ({ message }) => getLog().warn({ message }, "the queue of jobs warns"));
  return boss.start();
}

/**
 * Makes a queue, if it is not there. Its jobs are never given up: what a job means to who ended with it in hand is decided by its
 * handler, which sees that it was begun before.
 */
export async function createQueue(boss: PgBoss, name: string): Promise<void> {
  await boss.createQueue(name, {
    heartbeatSeconds,
    retryLimit: 10_000,
    retryDelay: 1,
    expireInSeconds: day - 1,
    retentionSeconds: 365 * day,
    deleteAfterSeconds: 60 * 60,
  });
}

/** A job by its id, a UUID. `again`: it was done once, and is to be done anew. */
export type NewJob = { id: string; again: boolean };

/** Adds jobs in a transaction of ours: they are there when it commits. One that is there already is left out, unless it comes again. */
export async function addJobs(boss: PgBoss, queue: string, jobs: readonly NewJob[], tx: Transaction): Promise<void> {
  if (jobs.length === 0) return;
  const db = fromDrizzle(tx, sql);
  const done = jobs.filter(({ again }) => again).map(({ id }) => id);
  if (done.length > 0) await boss.deleteJob(queue, done, { db });
  await boss.insert(
    queue,
    jobs.map(({ id }) => ({ id })),
    { db },
  );
}
