import { sql } from "drizzle-orm";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { alertNotices } from "#drizzle/schema/alert-notices.ts";
import { credentialStatusChanges } from "#drizzle/schema/credential-status-changes.ts";
import { pollWork } from "#lib/platform/background/polling-loop.ts";
import type { Work } from "#lib/platform/background/task.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { buildMessages } from "./messages/build-messages.ts";
import { claimDeliveries, deliver } from "./sending/deliver.ts";

/** How often secrets that end are looked for. */
const endsEveryMs = 60_000;
const keptDays = 90;

/** Notes what there is to tell and gathers it into messages. */
export function gatherAlerts(): Work {
  let lookedAt = 0;
  return {
    async run() {
      const now = Date.now();
      const looks = now - lookedAt >= endsEveryMs;
      if ((await buildMessages(getEnv().url, new Date(now), looks)) !== null && looks) lookedAt = now;
    },
  };
}

/** Sends messages. */
export function sendAlerts(): Work {
  return pollWork({
    concurrency: 16,
    claim: (limit) => claimDeliveries(limit, new Date()),
    // What can't be noted is claimed again when its claim runs out.
    work: (claimed) => deliver(claimed, Date.now).catch(() => undefined),
  });
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
