import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import { getPool, type Transaction } from "../db/client.ts";
import { getLog } from "../log.ts";

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

/** Adds jobs in a transaction of ours: they are there when it commits. @param ids UUIDs; one that is there already is left out. */
export async function addJobs(boss: PgBoss, queue: string, ids: readonly string[], tx: Transaction): Promise<void> {
  if (ids.length === 0) return;
  await boss.insert(
    queue,
    ids.map((id) => ({ id })),
    { db: fromDrizzle(tx, sql) },
  );
}
