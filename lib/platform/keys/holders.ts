import { hostname } from "node:os";
import { and, eq, gt, lt, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { keyHolders } from "#drizzle/schema/key-holders.ts";
import type { Task } from "#lib/platform/background/task.ts";
import { getKeys, refreshKeys } from "#lib/platform/crypto/key-ring.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { type EncryptionKey, fingerprintOf } from "#lib/platform/env/key-list.ts";
import { followBindingStage } from "./bind-secrets.ts";

/** How often it says that it is there although nothing changed. */
const sayMs = 10_000;
/** A process that said nothing for this long is gone. */
const aliveMs = 35_000;

/** A running process and the keys that it knows, in their order. */
export type KeyHolder = {
  role: string;
  host: string;
  pid: number;
  keys: { kid: string; fingerprint: string }[];
};

/**
 * Keeps this process's keys as their file or command has them, and tells the others which ones it knows. At the end it takes the
 * process off the list.
 */
export function watchKeys(role: "web" | "worker"): Task {
  const id = v7();
  let said = "";
  let saidAt = 0;
  return {
    name: "watch encryption keys",
    everyMs: 1000,
    failure: "the other processes could not be told which encryption keys are known here",
    async run() {
      refreshKeys();
      await followBindingStage();
      const keys = getKeys().map((key) => ({ kid: key.kid, fingerprint: fingerprintOf(key) }));
      const text = JSON.stringify(keys);
      if (text === said && Date.now() - saidAt < sayMs) return;
      await say({ id, role, host: hostname(), pid: process.pid, keys });
      said = text;
      saidAt = Date.now();
    },
    drain: () =>
      getDb()
        .delete(keyHolders)
        .where(eq(keyHolders.id, id))
        .catch(() => undefined),
  };
}

/** By the database's clock: those of the hosts may differ. */
async function say(holder: KeyHolder & { id: string }): Promise<void> {
  const values = { ...holder, opensBound: true, opensHeaders: true, seenAt: sql`now()` };
  await getDb().insert(keyHolders).values(values).onConflictDoUpdate({ target: keyHolders.id, set: values });
  await getDb().delete(keyHolders).where(lt(keyHolders.seenAt, sql`now() - interval '1 day'`));
}

/** The processes that run now. */
export async function listKeyHolders(): Promise<KeyHolder[]> {
  return getDb()
    .select({ role: keyHolders.role, host: keyHolders.host, pid: keyHolders.pid, keys: keyHolders.keys })
    .from(keyHolders)
    .where(gt(keyHolders.seenAt, sql`now() - ${`${aliveMs} milliseconds`}::interval`))
    .orderBy(keyHolders.host, keyHolders.pid);
}

/** Whether a running process is of a version that can't open sealed headers. */
export async function hasOldHolder(): Promise<boolean> {
  const { opensHeaders, seenAt } = keyHolders;
  const isRunning = gt(seenAt, sql`now() - ${`${aliveMs} milliseconds`}::interval`);
  return (await getDb().$count(keyHolders, and(isRunning, eq(opensHeaders, false)))) > 0;
}

/** Whether a process knows just this key. */
export function knowsKey(holder: KeyHolder, key: EncryptionKey): boolean {
  return holder.keys.some(({ kid, fingerprint }) => kid === key.kid && fingerprint === fingerprintOf(key));
}

/** Whether a process seals with just this key. */
export function sealsWith(holder: KeyHolder, key: EncryptionKey): boolean {
  const [first] = holder.keys;
  return first?.kid === key.kid && first.fingerprint === fingerprintOf(key);
}
