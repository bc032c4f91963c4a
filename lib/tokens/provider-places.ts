import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { providerPlaces } from "#drizzle/schema/provider-places.ts";
import { getDb, inTransaction } from "../db/client.ts";
import { getEnv } from "../env.ts";
import { AppError } from "../errors.ts";
import { getLog } from "../log.ts";
import { singleton } from "../singleton.ts";
import { tokenRequestLimits } from "./token-endpoint.ts";

/** Waiting for a place ends after this: with a request's own timeout it is what a hung host costs a caller at most. */
const maxWaitMs = 5_000;
const pauseMs = 100;
/** How long a place outlives the timeout of its request, for the recording of its outcome. */
const graceMs = 5_000;

/** Who waits in this process, per host: the longest one asks the database, the others stand behind. */
const getQueues = () => singleton("tokens.places", () => new Map<string, Promise<unknown>>());

/**
 * Takes one of the places for token requests at a host, `SALLYPORT_TOKEN_REQUESTS_PER_HOST` over all processes, so that a
 * provider is not run over when many credentials want a token at once. A place whose process dies ends by itself.
 * @param url of the token endpoint; its host and port count.
 * @returns gives the place back; never throws.
 * @throws AppError `token_endpoint_unavailable` when none gets free within 5 s.
 */
export async function takePlace(url: string): Promise<() => Promise<void>> {
  const { host } = new URL(url);
  const deadline = performance.now() + maxWaitMs;
  const queues = getQueues();
  const turn = (queues.get(host) ?? Promise.resolve()).then(() => waitForPlace(host, deadline));
  const settled = turn.then(
    () => undefined,
    () => undefined,
  );
  queues.set(host, settled);
  try {
    const holder = await turn;
    return () => giveBack(holder);
  } finally {
    if (queues.get(host) === settled) queues.delete(host);
  }
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

async function waitForPlace(host: string, deadline: number): Promise<string> {
  const holder = randomUUID();
  for (;;) {
    if (await tryTaking(host, holder)) return holder;
    if (performance.now() > deadline) throw allTaken(host);
    await wait(pauseMs * (0.5 + Math.random()));
  }
}

async function tryTaking(host: string, holder: string): Promise<boolean> {
  const places = getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST;
  const until = sql`now() + ${`${tokenRequestLimits.timeoutMs + graceMs} milliseconds`}::interval`;
  return inTransaction(async (tx) => {
    // The lock makes counting and taking one step; it ends with the transaction, so pgbouncer does not matter.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`provider_places/${host}`}, 0))`);
    await tx.execute(sql`delete from ${providerPlaces} where host = ${host} and until < now()`);
    const taken = await tx.execute(sql`
      insert into ${providerPlaces} (holder, host, until)
      select ${holder}::uuid, ${host}, ${until}
      where (select count(*) from ${providerPlaces} where host = ${host}) < ${places}`);
    return taken.rowCount === 1;
  });
}

async function giveBack(holder: string): Promise<void> {
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
    `${host} is busy with ${places === 1 ? "another token request" : `${places} token requests of other credentials`}, and none ended within ${maxWaitMs / 1000} s.`,
    {
      hint: "The provider is slow to answer, or does not answer at all. Try again; SALLYPORT_TOKEN_REQUESTS_PER_HOST sets how many requests it gets at once.",
      retryable: true,
    },
  );
}
