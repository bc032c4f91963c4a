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

const pauseMs = 100;
/** How long a place outlives the timeout of its request, for the recording of its outcome. */
const graceMs = 5_000;
/** So long after it was taken a place is used again by the same process: the database is asked once for many requests. */
const reuseMs = 2_000;
/** How long a place is kept for the next request of this process. */
const idleMs = 100;

type Place = { holder: string; takenAt: number };
type Waiter = { deadline: number; resolve: (place: Place) => void; reject: (err: unknown) => void };
/** Who waits in this process for places of a host, whether the database is being asked for one, and what is kept. */
type Queue = { waiting: Waiter[]; isAsking: boolean; idle: Map<Place, NodeJS.Timeout> };

const getQueues = () => singleton("tokens.places", () => new Map<string, Queue>());

/**
 * Takes one of the places for token requests at a host, `SALLYPORT_TOKEN_REQUESTS_PER_HOST` over all processes, so that a
 * provider is not run over when many credentials want a token at once. A place whose process dies ends by itself.
 * @param url of the token endpoint; its host and port count.
 * @returns gives the place back; never throws.
 * @throws AppError `token_endpoint_unavailable` (details `{places}`) when none gets free within 5 s.
 */
export async function takePlace(url: string): Promise<() => Promise<void>> {
  const { host } = new URL(url);
  const queues = getQueues();
  const queue = queues.get(host) ?? { waiting: [], isAsking: false, idle: new Map() };
  queues.set(host, queue);
  const place = takeIdle(queue) ?? (await waitForPlace(host, queue));
  return () => giveBack(host, queue, place);
}

function takeIdle(queue: Queue): Place | null {
  for (const [place, timer] of queue.idle) {
    // One that got too old, such as of a process that slept, is left to its timer.
    if (performance.now() - place.takenAt >= reuseMs) continue;
    clearTimeout(timer);
    queue.idle.delete(place);
    return place;
  }
  return null;
}

function waitForPlace(host: string, queue: Queue): Promise<Place> {
  return new Promise((resolve, reject) => {
    queue.waiting.push({ deadline: performance.now() + tokenWaits.slotMs, resolve, reject });
    if (!queue.isAsking) void askForWaiting(host, queue);
  });
}

/** Asks the database for places as long as someone waits, the longest first. */
async function askForWaiting(host: string, queue: Queue): Promise<void> {
  queue.isAsking = true;
  while (queue.waiting.length > 0) {
    try {
      const place = await tryTaking(host);
      if (place) {
        const first = queue.waiting.shift();
        if (first) first.resolve(place);
        else await leave(place);
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
  queue.isAsking = false;
}

async function giveBack(host: string, queue: Queue, place: Place): Promise<void> {
  if (performance.now() - place.takenAt >= reuseMs) return leave(place);
  const next = queue.waiting.shift();
  if (next) return next.resolve(place);
  const timer = setTimeout(() => {
    queue.idle.delete(place);
    if (queue.idle.size === 0 && queue.waiting.length === 0 && !queue.isAsking) getQueues().delete(host);
    void leave(place);
  }, idleMs);
  queue.idle.set(place, timer.unref());
}

/** Does a request to a provider in one of its places; see `takePlace`. */
export async function inPlace<T>(url: string, request: () => Promise<T>): Promise<T> {
  const giveBackPlace = await takePlace(url);
  try {
    return await request();
  } finally {
    await giveBackPlace();
  }
}

async function tryTaking(host: string): Promise<Place | null> {
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

async function leave({ holder }: Place): Promise<void> {
  try {
    await getDb().delete(providerPlaces).where(eq(providerPlaces.holder, holder));
  } catch (err) {
    getLog().warn({ err }, "a place for token requests was not given back; it ends by itself");
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

/** Whether a request failed for want of a place: the provider was not asked, so it says nothing about the credential. */
export function isForWantOfPlace(error: AppError): boolean {
  return error.code === "token_endpoint_unavailable" && error.details.places !== undefined;
}
