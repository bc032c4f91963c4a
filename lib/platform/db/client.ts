import { AsyncLocalStorage } from "node:async_hooks";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { getRequired } from "#lib/platform/env/env.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { getLog } from "#lib/platform/log/log.ts";

export type Database = NodePgDatabase<Record<string, never>>;
/** A transaction of that database; the same query builder. */
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** The pool of this process. Works behind pgbouncer in transaction mode: no startup options, no session state. */
export function getPool(): pg.Pool {
  return singleton("pool", () => makePool(20));
}

function makePool(max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: getRequired("DATABASE_URL"),
    max,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  });
  // Without these a server restart would end the process.
  pool.on("error", (err) => getLog().warn({ err }, "a database connection was lost"));
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/**
 * For the one statement that extends a lease. It has a connection to itself: behind a thousand callers who wait for one of the
 * pool it would come too late, and another process would do the work a second time.
 */
export function getHeartbeatPool(): pg.Pool {
  return singleton("heartbeat pool", () => makePool(1));
}

/** The query builder on that connection. */
export function getHeartbeatDb(): Database {
  return singleton("heartbeat db", () => drizzle(getHeartbeatPool()));
}

/** Set while a transaction's work runs. One per process, like the pool. */
const getInside = () => singleton("db.inside", () => new AsyncLocalStorage<true>());

/**
 * The query builder on the pool.
 * @throws Error inside a transaction: it would wait for a second connection while it holds one, and with as many writers
 *   as connections everyone waits for everyone. Use the transaction.
 */
export function getDb(): Database {
  if (getInside().getStore())
    throw new Error("getDb() was called inside a transaction, which has a connection already");
  return singleton("db", () => drizzle(getPool()));
}

/**
 * What a transaction does last, in this order in every one: each takes the lock of a row that all writers share. Taken last
 * and in one order, such a lock is held for the shortest time, and nobody waits for another lock while holding it.
 */
const lastActs = ["audit", "changes"] as const;
type LastAct = (typeof lastActs)[number];

const lastOf = new WeakMap<Transaction, Map<LastAct, () => Promise<void>>>();
const afterCommit = new WeakMap<Transaction, (() => void)[]>();

/** Runs `work` in one transaction: it commits when `work` returns and rolls back when it throws. Never await the network inside. */
export async function inTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  const toDo: (() => void)[] = [];
  const result = await getDb().transaction((tx) => {
    const last = new Map<LastAct, () => Promise<void>>();
    lastOf.set(tx, last);
    afterCommit.set(tx, toDo);
    return getInside().run(true, async () => {
      const done = await work(tx);
      for (const name of lastActs) await last.get(name)?.();
      lastOf.delete(tx);
      return done;
    });
  });
  for (const act of toDo) act();
  return result;
}

/**
 * Lets `act` run once when the work of `inTransaction` is done, still inside the transaction: it can make it fail. The
 * first one of a name counts.
 * @throws Error for a transaction that `inTransaction` did not begin, or whose work is over.
 */
export function beforeCommit(tx: Transaction, name: LastAct, act: () => Promise<void>): void {
  const last = lastOf.get(tx);
  if (!last) throw new Error("this transaction was not begun by inTransaction(), or its work is over");
  if (!last.has(name)) last.set(name, act);
}

/** Calls `act` when the transaction of `inTransaction` is committed, before its caller goes on; never when it rolls back. */
export function onCommit(tx: Transaction, act: () => void): void {
  afterCommit.get(tx)?.push(act);
}

/** Closes the pools, for the end of a process or a test. */
export async function closeDb(): Promise<void> {
  await Promise.all([getPool().end(), getHeartbeatPool().end()]);
}
