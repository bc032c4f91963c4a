import { and, eq, gt, isNotNull, lt, sql } from "drizzle-orm";
import { alertNotices } from "#drizzle/schema/alert-notices.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { dayMs, soonestExpiry } from "../credentials/secret-expiry.ts";
import type { Transaction } from "../db/client.ts";
import { gatherMs } from "./decide-notices.ts";
import { findOpenChannels, ownerAddress, receiversOf, touchesNode } from "./receivers.ts";
import { expiryThresholds, thresholdFor } from "./thresholds.ts";

/** What ended longer ago than this is no news for a channel that is new. */
const oldDays = 30;
/** How many credentials of a channel are looked at in one go; the rest follows a minute later. */
const mostAtOnce = 5000;
/** How many notices are stored in one statement. */
const batch = 500;

/**
 * Notes for each receiver the secrets and certificates that reached a threshold of days left. The key of a notice holds the
 * end and the threshold, so each is told once, and another end starts anew.
 * @returns how many were new.
 */
export async function noteExpiries(tx: Transaction, now: Date): Promise<number> {
  const channels = await findOpenChannels(tx, "expiry");
  let noted = 0;
  for (const channel of channels) {
    const { id, secretEndsAt } = credentials;
    const rows = await tx
      .select({
        id,
        clientAuthentication: credentials.clientAuthentication,
        presentCertificate: credentials.presentCertificate,
        secretExpiresOn: credentials.secretExpiresOn,
        certificate: credentials.certificate,
        secretEndsAt,
        owner: ownerAddress,
      })
      .from(credentials)
      .where(
        and(
          eq(credentials.enabled, true),
          isNotNull(secretEndsAt),
          lt(secretEndsAt, new Date(now.getTime() + (expiryThresholds[0] + 1) * dayMs)),
          gt(secretEndsAt, new Date(now.getTime() - oldDays * dayMs)),
          channel.nodeId ? touchesNode(channel.nodeId) : undefined,
          // Who is told nothing must not stand in the way of the others, over and over.
          channel.email && channel.email.to.length === 0 ? sql`${ownerAddress} is not null` : undefined,
          sql`not exists (
            select from ${alertNotices} n where n.channel_id = ${channel.id} and n.credential_id = ${credentials}.id
              and n.kind = 'expiry' and n.key = ${keyOf(now)})`,
        ),
      )
      .limit(mostAtOnce);
    const notices = rows.flatMap((row) => {
      const end = row.secretEndsAt!;
      const threshold = thresholdFor(Math.floor((end.getTime() - now.getTime()) / dayMs));
      if (threshold === null) return [];
      const what = soonestExpiry(row)?.what ?? "client secret";
      return receiversOf(channel, row.owner).map((receiver) => ({
        ...receiver,
        credentialId: row.id,
        kind: "expiry" as const,
        key: `expiry ${Math.floor(end.getTime() / 1000)} ${threshold}`,
        data: { reason: "", since: now.toISOString(), ending: { what, at: end.toISOString(), threshold } },
        dueAt: new Date(now.getTime() + gatherMs),
      }));
    });
    for (let from = 0; from < notices.length; from += batch) {
      const stored = await tx
        .insert(alertNotices)
        .values(notices.slice(from, from + batch))
        .onConflictDoNothing()
        .returning({ id: alertNotices.id });
      noted += stored.length;
    }
  }
  return noted;
}

/** The key of a row's threshold now, as `thresholdFor` tells it. */
function keyOf(now: Date) {
  const left = sql`floor(extract(epoch from ${credentials}.secret_ends_at - ${now}::timestamptz) / 86400)`;
  const threshold = sql`case when ${left} < 0 then 0 when ${left} <= 1 then 1 when ${left} <= 7 then 7
    when ${left} <= 14 then 14 when ${left} <= 30 then 30 else 60 end`;
  return sql`'expiry ' || floor(extract(epoch from ${credentials}.secret_ends_at))::bigint || ' ' || ${threshold}`;
}
