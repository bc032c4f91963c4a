import { sql } from "drizzle-orm";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { alertNotices } from "#drizzle/schema/alert-notices.ts";
import { credentialStatusChanges } from "#drizzle/schema/credential-status-changes.ts";
import { startEvery } from "#lib/platform/background/every.ts";
import { startRounds } from "#lib/platform/background/polling-loop.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { claimDeliveries, deliver } from "./deliver.ts";
import { gatherAlerts } from "./gather.ts";

const gatherEveryMs = 5000;
/** How often secrets that end are looked for. */
const endsEveryMs = 60_000;
const keptDays = 90;

/**
 * Tells people what happens to credentials, until stopped: notes what there is to tell, gathers it into messages and sends
 * them. Any number of workers may do so.
 * @returns stops it and waits for what is being sent.
 */
export function startAlerting(): () => Promise<void> {
  let lookedAt = 0;
  const stopGathering = startEvery(gatherEveryMs, "alerts could not be gathered", async () => {
    const now = Date.now();
    const looks = now - lookedAt >= endsEveryMs;
    if ((await gatherAlerts(getEnv().url, new Date(now), looks)) !== null && looks) lookedAt = now;
  });
  const stopSending = startRounds({
    hands: 16,
    claim: (limit) => claimDeliveries(limit, new Date()),
    work: async (claimed) => {
      // What can't be noted is claimed again when its claim runs out.
      await deliver(claimed, Date.now).catch(() => undefined);
    },
    what: "alerts",
  });
  return async () => {
    await Promise.all([stopGathering(), stopSending()]);
  };
}

/**
 * Deletes the delivery log and changes of statuses after 90 days. Notices of an end stay until it is past, so that none is
 * told twice.
 */
export async function deleteOldAlerts(now: Date): Promise<void> {
  const old = new Date(now.getTime() - keptDays * 86_400_000);
  await getDb().execute(sql`
    delete from ${alertNotices} where created_at < ${old} and (closed_at is not null or kind <> 'lost')
      and (kind <> 'expiry' or (data->'ending'->>'at')::timestamptz < ${old})`);
  await getDb().execute(sql`
    delete from ${alertDeliveries} d where created_at < ${old} and status <> 'pending'
      and not exists (select from ${alertNotices} n where n.delivery_id = d.id)`);
  await getDb().execute(sql`
    delete from ${credentialStatusChanges} where at < ${old} and handled_at is not null`);
}
