import { type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { startEvery } from "#lib/platform/background/every.ts";
import { startRounds } from "#lib/platform/background/polling-loop.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { countRefresh } from "#lib/platform/metrics/count.ts";
import { tokenDesk } from "./get-token.ts";
import { claimsOfLane, createLanes, type Rooms, sizeOfLane } from "./lanes.ts";
import { markWaiting } from "./renewal/mark-waiting.ts";

/** When a worker dies with a credential in hand, another one takes it up after this. */
const claimMs = 60_000;
/** A credential that was just saved is checked by who saved it. */
const savedLatelyMs = 2000;
/** Credentials in hand in one worker: more than some providers' shares, so that several may hang. */
const hands = 1024;
/** Credentials claimed by one statement. */
const mostClaimed = 256;

const busyMs = 4000;

export type Claimed = { id: string; version: number; host: string /** When it was due, milliseconds. */; due: number };

/**
 * Claims credentials whose token is due or whose last request failed long enough ago, in one statement over one index, so
 * that several workers never take the same one. The longest due come first, and of each provider at most as many as it has
 * room for.
 * @param limit how many at most. @param now milliseconds. @param rooms of the providers that are busy.
 */
export async function claimDue(limit: number, now: number, rooms: Rooms = {}): Promise<Claimed[]> {
  const { rows } = await getDb().execute<Claimed>(claimStatement(limit, now, rooms));
  return rows;
}

/** The statement of `claimDue`, apart so that a test can have it explained. */
export function claimStatement(limit: number, now: number, rooms: Rooms): SQL {
  const most = claimsOfLane(getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST);
  const full = Object.keys(rooms).filter((host) => rooms[host] === 0);
  const host = sql`lower(substring(endpoint_url from '^[a-z]+://([^/?#]+)'))`;
  const isDue = sql`enabled and type = 'application' and next_check_at <= ${new Date(now)}`;
  return sql`
    with due as (
      select id, next_check_at, ${host} as host from ${credentials}
      where ${isDue} and (status <> 'unverified' or updated_at <= ${new Date(now - savedLatelyMs)})
        and ${host} <> all(${sql.param(full)}::text[])
      order by next_check_at limit ${limit * 2}),
    placed as (
      select id, next_check_at, host, row_number() over (partition by host order by next_check_at) as place from due),
    chosen as (
      select id from placed where place <= coalesce((${JSON.stringify(rooms)}::jsonb ->> host)::int, ${most})
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
 * Keeps the tokens of all enabled Application credentials fresh until stopped: each round it claims as many as it has
 * hands free.
 * @param options.now decides what is due and how often a failing provider is asked; ms.
 * @param options.markEveryMs how often what waits at failing providers is marked as such.
 * @returns stops it and waits for what is in flight.
 */
export function startRenewing({ now = Date.now, markEveryMs = 5000 } = {}): () => Promise<void> {
  const lanes = createLanes(sizeOfLane(getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST));
  let stopping = false;
  const stop = startRounds({
    hands,
    what: "credentials",
    pauseMs: () => (lanes.failing().length > 0 ? 200 : 1000),
    claim: async (limit) => {
      const claimed = await claimDue(Math.min(limit, mostClaimed), now(), lanes.rooms(now()));
      return claimed.map((one) => ({ claimed: one, turn: lanes.begin(one.host, now()) }));
    },
    work: async ({ claimed, turn }) => {
      const enter = async () => {
        const mayAsk = await turn.enter();
        if (stopping || !mayAsk) throw new PutBack();
      };
      // A token that has come makes room for the next request while it is stored.
      const failed = await renew(claimed, enter, () => turn.leave(false, now()));
      turn.leave(failed, now());
    },
  });
  const stopMarking = startEvery(markEveryMs, "credentials of failing providers could not be marked", () =>
    markWaiting(lanes.failing(), now()),
  );
  return async () => {
    stopping = true;
    await Promise.all([stop(), stopMarking()]);
  };
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
    const entry = await tokenDesk.acquire({ id, version }, want);
    if (entry?.token.source === "cache") return postpone(id, version, entry.renewAt);
    return false;
  } catch (err) {
    // As long due as before: it keeps its turn, and shows in time that its provider fails.
    if (err instanceof PutBack) return postpone(id, version, due);
    // The outcome stands in the event log.
    getLog().debug({ err, credentialId: id }, "a renewal failed");
    if (!isAppError(err)) return false;
    if (typeof err.details.places !== "number") return err.retryable;
    // Nobody was asked: others have all the places. Soon again.
    return postpone(id, version, Date.now() + busyMs * (0.5 + Math.random()));
  }
}

/** Not asked for now: somebody else renewed it since it was claimed, or there was no place at the provider. */
async function postpone(id: string, version: number, renewAt: number): Promise<null> {
  await getDb()
    .execute(
      sql`update ${credentials} set next_check_at = ${new Date(renewAt)} where id = ${id} and version = ${version} and enabled`,
    )
    // It comes again when its claim is over.
    .catch((err) => getLog().warn({ err, credentialId: id }, "a renewal could not be put off"));
  return null;
}
