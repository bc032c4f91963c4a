import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { providerPlaces } from "#drizzle/schema/provider-places.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { tokenRequestLimits, tokenWaits } from "./limits.ts";

// Slots for token requests: rows of `provider_places`, at most SALLYPORT_TOKEN_REQUESTS_PER_HOST per host over all processes.
//
//   waiting   acquireSlot: in this process's queue for the host; one query at a time inserts a slot for the first in it
//   refused   it waited for tokenWaits.slotMs
//   held      the row was inserted, or an idle slot is used again; the request can be sent
//   idle      released within `reuseMs` of the insert while none waits: kept for `idleMs`, for this process's next request
//   deleted   released later, or idle for `idleMs`
//   expired   its process is gone: the next insert for the host deletes the row after `until`

const pauseMs = 100;
/** How long a slot outlives the timeout of its request, for the recording of its outcome. */
const graceMs = 5_000;
/** How long after its insert a slot is used again by the same process: one insert serves many requests. */
const reuseMs = 2_000;
/** How long a slot is kept for the next request of this process. */
const idleMs = 100;

type Slot = { holder: string; takenAt: number };
type Waiter = { deadline: number; resolve: (slot: Slot) => void; reject: (err: unknown) => void };
/** This process's callers that wait for a slot of a host, and its idle slots. */
type Queue = { waiting: Waiter[]; isAcquiring: boolean; idle: Map<Slot, NodeJS.Timeout> };

const getQueues = () => singleton("tokens.slots", () => new Map<string, Queue>());

/**
 * Acquires a token-request slot of a host, so that concurrent requests for many credentials don't overload a provider.
 * @param url of the token endpoint; its host and port count.
 * @returns releases the slot; never throws.
 * @throws AppError `token_endpoint_unavailable` (details `{places}`) when none becomes free within 5 s.
 */
export async function acquireSlot(url: string): Promise<() => Promise<void>> {
  const { host } = new URL(url);
  const queues = getQueues();
  const queue = queues.get(host) ?? { waiting: [], isAcquiring: false, idle: new Map() };
  queues.set(host, queue);
  const slot = findIdle(queue) ?? (await waitForSlot(host, queue));
  return () => releaseTo(host, queue, slot);
}

function findIdle(queue: Queue): Slot | null {
  for (const [slot, timer] of queue.idle) {
    // One that got too old, such as of a process that slept, is left to its timer.
    if (performance.now() - slot.takenAt >= reuseMs) continue;
    clearTimeout(timer);
    queue.idle.delete(slot);
    return slot;
  }
  return null;
}

function waitForSlot(host: string, queue: Queue): Promise<Slot> {
  return new Promise((resolve, reject) => {
    queue.waiting.push({ deadline: performance.now() + tokenWaits.slotMs, resolve, reject });
    if (!queue.isAcquiring) void acquireForWaiting(host, queue);
  });
}

/** Inserts slots as long as callers wait, first come, first served. */
async function acquireForWaiting(host: string, queue: Queue): Promise<void> {
  queue.isAcquiring = true;
  while (queue.waiting.length > 0) {
    try {
      const slot = await insertSlot(host);
      if (slot) {
        const first = queue.waiting.shift();
        if (first) first.resolve(slot);
        else await deleteSlot(slot);
        continue;
      }
      while (queue.waiting[0] && performance.now() > queue.waiting[0].deadline) {
        queue.waiting.shift()!.reject(allTaken(host));
      }
      if (queue.waiting.length > 0) await wait(pauseMs * (0.5 + Math.random()));
    } catch (err) {
      queue.waiting.shift()?.reject(err);
    }
  }
  queue.isAcquiring = false;
}

async function releaseTo(host: string, queue: Queue, slot: Slot): Promise<void> {
  if (performance.now() - slot.takenAt >= reuseMs) return deleteSlot(slot);
  const next = queue.waiting.shift();
  if (next) return next.resolve(slot);
  const timer = setTimeout(() => {
    queue.idle.delete(slot);
    if (queue.idle.size === 0 && queue.waiting.length === 0 && !queue.isAcquiring) getQueues().delete(host);
    void deleteSlot(slot);
  }, idleMs);
  queue.idle.set(slot, timer.unref());
}

/** Makes a request to a provider while it holds a slot; see `acquireSlot`. */
export async function withSlot<T>(url: string, request: () => Promise<T>): Promise<T> {
  const releaseSlot = await acquireSlot(url);
  try {
    return await request();
  } finally {
    await releaseSlot();
  }
}

async function insertSlot(host: string): Promise<Slot | null> {
  const places = getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST;
  const holder = randomUUID();
  const takenAt = performance.now();
  const lifeMs = reuseMs + tokenRequestLimits.timeoutMs + graceMs;
  const until = sql`now() + ${`${lifeMs} milliseconds`}::interval`;
  return inTransaction(async (tx) => {
    // The lock makes counting and taking one step; it ends with the transaction, so pgbouncer does not matter.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`provider_places/${host}`}, 0))`);
    await tx.execute(sql`delete from ${providerPlaces} where host = ${host} and until < now()`);
    const taken = await tx.execute(sql`
      insert into ${providerPlaces} (holder, host, until)
      select ${holder}::uuid, ${host}, ${until}
      where (select count(*) from ${providerPlaces} where host = ${host}) < ${places}`);
    return taken.rowCount === 1 ? { holder, takenAt } : null;
  });
}

async function deleteSlot({ holder }: Slot): Promise<void> {
  try {
    await getDb().delete(providerPlaces).where(eq(providerPlaces.holder, holder));
  } catch (err) {
    getLog().warn({ err }, "a slot for token requests was not given back; it ends by itself");
  }
}

function allTaken(host: string): AppError {
  const places = getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST;
  return new AppError(
    "token_endpoint_unavailable",
    `${host} is busy with ${places === 1 ? "another token request" : `${places} token requests of other credentials`}, and none ended within ${tokenWaits.slotMs / 1000} s.`,
    {
      hint: "The provider is slow to answer, or does not answer at all. Try again; SALLYPORT_TOKEN_REQUESTS_PER_HOST sets how many requests it gets at once.",
      retryable: true,
      details: { places },
    },
  );
}

/** Whether a request found no free slot: it was not sent, so it says nothing about the credential. */
export function foundNoSlot(error: AppError): boolean {
  return error.code === "token_endpoint_unavailable" && error.details.places !== undefined;
}
