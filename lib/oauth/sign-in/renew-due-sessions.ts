import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { sessions } from "#drizzle/schema/sessions.ts";
import { idleMs } from "#lib/access/sessions/sessions.ts";
import { pollWork } from "#lib/platform/background/polling-loop.ts";
import type { Work } from "#lib/platform/background/task.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getLog } from "#lib/platform/log/log.ts";
import {
  type ClaimedSession,
  leaseMs,
  renewalIsFree,
  renewalLeaseUntil,
  renewSession,
} from "./renewing/renew-session.ts";

/**
 * Claims sessions whose person is to be asked for at the provider, in one statement, so that several workers never take
 * the same one.
 * @param limit how many at most. @param forMs how long the lease holds without being extended.
 */
export async function claimDueSessions(limit: number, now: Date, forMs = leaseMs): Promise<ClaimedSession[]> {
  const holder = randomUUID();
  const { rows } = await getDb().execute<{ id: string }>(sql`
    update ${sessions} set renew_lease_until = ${renewalLeaseUntil(forMs)}, renew_lease_holder = ${holder}
    where id in (
      select id from ${sessions}
      where next_renew_at <= ${now} and revoked_at is null and expires_at > ${now}
        and last_seen_at > ${new Date(now.getTime() - idleMs)} and ${renewalIsFree}
      order by next_renew_at limit ${limit} for update skip locked)
    returning id`);
  return rows.map(({ id }) => ({ id, holder }));
}

/** Keeps the sessions of external identities in step with their providers. */
export function renewDueSessions(): Work {
  return pollWork({
    claim: (limit) => claimDueSessions(limit, new Date()),
    work: async (claimed) => {
      try {
        await renewSession(claimed, "renewal", Date.now);
      } catch (err) {
        // The lease runs out by itself; then it is tried again.
        getLog().warn({ err, sessionId: claimed.id }, "a session could not be renewed");
      }
    },
  });
}
