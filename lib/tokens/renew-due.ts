import { sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { getDb } from "../db/client.ts";
import { getLog } from "../log.ts";
import { tokenDesk } from "./get-token.ts";
import { startRounds } from "./rounds.ts";

/** When a worker dies with a credential in hand, another one takes it up after this. */
const claimMs = 60_000;
/** A credential that was just saved is checked by who saved it. */
const savedLatelyMs = 2000;

type Claimed = { id: string; version: number };

/**
 * Claims credentials whose token is due or whose last request failed long enough ago, in one statement, so that several
 * workers never take the same one.
 * @param limit how many at most. @param now milliseconds.
 */
export async function claimDue(limit: number, now: number): Promise<Claimed[]> {
  const { rows } = await getDb().execute<Claimed>(sql`
    update ${credentials} set next_check_at = ${new Date(now + claimMs)}
    where id in (
      select id from ${credentials}
      where enabled and type = 'application' and next_check_at <= ${new Date(now)}
        and (status <> 'unverified' or updated_at <= ${new Date(now - savedLatelyMs)})
      order by next_check_at limit ${limit} for update skip locked)
    returning id, version`);
  return rows;
}

/**
 * Keeps the tokens of all enabled Application credentials fresh until stopped: each round it claims as many as it has
 * hands free.
 * @returns stops it and waits for what is in flight.
 */
export function startRenewing(): () => Promise<void> {
  return startRounds({ claim: (limit) => claimDue(limit, Date.now()), work: renew, what: "credentials" });
}

async function renew({ id, version }: Claimed): Promise<void> {
  try {
    const entry = await tokenDesk.acquire({ id, version }, { kind: "renew", cause: "renewal", runId: null });
    if (entry?.token.source === "cache") await postpone(id, version, entry.renewAt);
  } catch (err) {
    // The outcome stands in the event log.
    getLog().debug({ err, credentialId: id }, "a renewal failed");
  }
}

/** Somebody else renewed it since it was claimed. */
async function postpone(id: string, version: number, renewAt: number): Promise<void> {
  await getDb().execute(sql`
    update ${credentials} set next_check_at = ${new Date(renewAt)} where id = ${id} and version = ${version} and enabled`);
}
