import { type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { pollWork } from "#lib/platform/background/polling-loop.ts";
import type { Work } from "#lib/platform/background/task.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { countRefresh } from "#lib/platform/metrics/count.ts";
import { tokenCache } from "./get-token.ts";
import { type Capacity, claimsOf, concurrencyOf, createProviderQueues, type Turn } from "./provider-queues.ts";
import { markWaiting } from "./renewal/mark-waiting.ts";

/** When a worker dies with a credential in hand, another one takes it up after this. */
const claimMs = 60_000;
/** A credential that was just saved is checked by who saved it. */
const savedLatelyMs = 2000;
/** Credentials claimed by one worker: more than some providers' shares, so that several can hang. */
const concurrency = 1024;
/** Credentials claimed by one statement. */
const mostClaimed = 256;

const busyMs = 4000;
/** The pause between two claims while a provider fails. */
const failingPauseMs = 200;

export type Claimed = { id: string; version: number; host: string /** When it was due, milliseconds. */; due: number };

/**
 * Claims credentials whose token is due or whose last request failed long enough ago, in one statement over one index, so
 * that several workers never take the same one. The longest due come first, and of each provider at most as many as it has
 * capacity for.
 * @param limit how many at most. @param now milliseconds. @param capacity of the providers that have claimed credentials.
 */
export async function claimDue(limit: number, now: number, capacity: Capacity = {}): Promise<Claimed[]> {
  const { rows } = await getDb().execute<Claimed>(claimStatement(limit, now, capacity));
  return rows;
}

/** The statement of `claimDue`, apart so that a test can have it explained. */
export function claimStatement(limit: number, now: number, capacity: Capacity): SQL {
  const most = claimsOf(getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST);
  const full = Object.keys(capacity).filter((host) => capacity[host] === 0);
  const host = sql`lower(substring(endpoint_url from '^[a-z]+://([^/?#]+)'))`;
  const isDue = sql`enabled and type = 'application' and next_check_at <= ${new Date(now)}`;
  return sql`
    with due as (
      select id, next_check_at, ${host} as host from ${credentials}
      where ${isDue} and (status <> 'unverified' or updated_at <= ${new Date(now - savedLatelyMs)})
        and ${host} <> all(${sql.param(full)}::text[])
      order by next_check_at limit ${limit * 2}),
    ranked as (
      select id, next_check_at, host, row_number() over (partition by host order by next_check_at) as rank from due),
    chosen as (
      select id from ranked where rank <= coalesce((${JSON.stringify(capacity)}::jsonb ->> host)::int, ${most})
      order by next_check_at limit ${limit}),
    taken as materialized (
      select id, next_check_at from ${credentials}
      where id = any(array(select id from chosen)) and ${isDue} for update skip locked)
    update ${credentials} set next_check_at = ${new Date(now + claimMs)}
    from taken where ${credentials}.id = taken.id
    returning ${credentials}.id, version, ${host} as host, extract(epoch from taken.next_check_at)::float8 * 1000 as due`;
}

/** Thrown to one that waited its turn when the worker ends or its provider begins to fail: it stays due. */
class PutBack extends Error {}

/**
 * Keeps the tokens of all enabled Application credentials fresh.
 * @param options.now decides what is due and how often a failing provider is asked; ms.
 * @returns `renew`: each round claims as many as there is capacity for. `markWaiting`: marks what waits at failing providers as such.
 */
export function createTokenRenewal({ now = Date.now } = {}): { renew: Work; markWaiting: Work } {
  const queues = createProviderQueues(concurrencyOf(getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST));
  const renewDue = pollWork<{ claimed: Claimed; turn: Turn }>({
    concurrency,
    claim: async (limit, loop) => {
      if (queues.failing().length > 0) loop.pauseMs = failingPauseMs;
      const claimed = await claimDue(Math.min(limit, mostClaimed), now(), queues.capacity(now()));
      return claimed.map((one) => ({ claimed: one, turn: queues.add(one.host, now()) }));
    },
    work: async ({ claimed, turn }, loop) => {
      const start = async () => {
        const mayAsk = await turn.start();
        if (loop.isStopping || !mayAsk) throw new PutBack();
      };
      // A token that has come lets the next request begin while it is stored.
      const failed = await renew(claimed, start, () => turn.finish(false, now()));
      turn.finish(failed, now());
    },
  });
  return { renew: renewDue, markWaiting: { run: () => markWaiting(queues.failing(), now()) } };
}

/**
 * @param turn waits for it. @param onAnswer called when the token has come.
 * @returns whether the provider could not answer, null when it was not asked; never throws.
 */
async function renew(
  { id, version, due }: Claimed,
  turn: () => Promise<void>,
  onAnswer: () => void,
): Promise<boolean | null> {
  countRefresh(Date.now() - due);
  const want = { kind: "renew", cause: "renewal", runId: null, turn, onAnswer } as const;
  try {
    const entry = await tokenCache.acquire({ id, version }, want);
    if (entry?.token.source === "cache") return postpone(id, version, entry.renewAt);
    return false;
  } catch (err) {
    // As long due as before: it keeps its turn, and shows in time that its provider fails.
    if (err instanceof PutBack) return postpone(id, version, due);
    // The outcome stands in the event log.
    getLog().debug({ err, credentialId: id }, "a renewal failed");
    if (!isAppError(err)) return false;
    if (typeof err.details.places !== "number") return err.retryable;
    // Nobody was asked: other requests have all slots. Soon again.
    return postpone(id, version, Date.now() + busyMs * (0.5 + Math.random()));
  }
}

/** Not asked for now: somebody else renewed it since it was claimed, or the provider had no free slot. */
async function postpone(id: string, version: number, renewAt: number): Promise<null> {
  await getDb()
    .execute(
      sql`update ${credentials} set next_check_at = ${new Date(renewAt)} where id = ${id} and version = ${version} and enabled`,
    )
    // It comes again when its claim is over.
    .catch((err) => getLog().warn({ err, credentialId: id }, "a renewal could not be put off"));
  return null;
}
