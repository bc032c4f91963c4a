import { and, eq, gt, isNotNull, lt, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alertNotices } from "#drizzle/schema/alert-notices.ts";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { dayMs, soonestExpiry } from "#lib/oauth/credentials/secret-expiry.ts";
import { soonestCertificateEnd } from "#lib/oauth/network/certificate-end.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import {
  findOpenChannels,
  isUnderNode,
  type OpenChannel,
  ownerAddress,
  receiversOf,
  touchesNode,
} from "../messages/receivers.ts";
import type { EndingThing } from "../model.ts";
import { gatherMs } from "./decide-notices.ts";
import { expiryThresholds, thresholdFor } from "./thresholds.ts";

/** What ended longer ago than this is no news for a channel that is new. */
const oldDays = 30;
/** How many credentials, and as many transports, of a channel are looked at in one go; the rest follows a minute later. */
const mostAtOnce = 5000;
/** How many notices are stored in one statement. */
const batch = 500;

type Ending = {
  of: { credentialId: string } | { transportId: string };
  what: EndingThing;
  at: Date;
  owner: string | null;
};

/**
 * Notes for each receiver the secrets and certificates that reached a threshold of days left. The key of a notice holds the
 * end and the threshold, so each is told once, and another end starts anew.
 * @returns how many were new.
 */
export async function noteExpiries(tx: Transaction, now: Date): Promise<number> {
  const channels = await findOpenChannels(tx, "expiry");
  let noted = 0;
  for (const channel of channels) {
    const endings = [...(await findCredentials(tx, channel, now)), ...(await findTransports(tx, channel, now))];
    const notices = endings.flatMap(({ of, what, at, owner }) => {
      const threshold = thresholdFor(Math.floor((at.getTime() - now.getTime()) / dayMs));
      if (threshold === null) return [];
      return receiversOf(channel, owner).map((receiver) => ({
        ...receiver,
        ...of,
        kind: "expiry" as const,
        key: `expiry ${Math.floor(at.getTime() / 1000)} ${threshold}`,
        data: { reason: "", since: now.toISOString(), ending: { what, at: at.toISOString(), threshold } },
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

async function findCredentials(tx: Transaction, channel: OpenChannel, now: Date): Promise<Ending[]> {
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
        isNews(secretEndsAt, sql`n.credential_id = ${credentials}.id`, channel, now),
        channel.nodeId ? touchesNode(channel.nodeId) : undefined,
      ),
    )
    .limit(mostAtOnce);
  return rows.map((row) => ({
    of: { credentialId: row.id },
    what: soonestExpiry(row)?.what ?? "client secret",
    at: row.secretEndsAt!,
    owner: row.owner,
  }));
}

/** Of a transport the owner of the credential that it uses is told: it has none of its own. */
async function findTransports(tx: Transaction, channel: OpenChannel, now: Date): Promise<Ending[]> {
  const { id, clientCertificate, trustedCa, certificateEndsAt } = transports;
  const { certificates: namedCa } = certificateAuthorities;
  const rows = await tx
    .select({ id, clientCertificate, trustedCa, namedCa, certificateEndsAt, owner: ownerAddress })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .leftJoin(credentials, eq(credentials.id, transports.credentialId))
    .leftJoin(certificateAuthorities, eq(certificateAuthorities.id, transports.trustedCaId))
    .where(
      and(
        isNews(certificateEndsAt, sql`n.transport_id = ${transports}.id`, channel, now),
        channel.nodeId ? isUnderNode(channel.nodeId) : undefined,
      ),
    )
    .limit(mostAtOnce);
  return rows.map((row) => ({
    of: { transportId: row.id },
    what: soonestCertificateEnd(row)?.what ?? "client certificate",
    at: row.certificateEndsAt!,
    owner: row.owner,
  }));
}

/** Condition: it ends soon, or did not long ago, and the channel was not told of this threshold. */
function isNews(endsAt: SQLWrapper, isOfRow: SQL, channel: OpenChannel, now: Date): SQL | undefined {
  return and(
    isNotNull(endsAt),
    lt(endsAt, new Date(now.getTime() + (expiryThresholds[0] + 1) * dayMs)),
    gt(endsAt, new Date(now.getTime() - oldDays * dayMs)),
    // Who is told nothing must not stand in the way of the others, over and over.
    channel.email && channel.email.to.length === 0 ? sql`${ownerAddress} is not null` : undefined,
    sql`not exists (
      select from ${alertNotices} n where n.channel_id = ${channel.id} and ${isOfRow}
        and n.kind = 'expiry' and n.key = ${keyOf(endsAt, now)})`,
  );
}

/** The key of a row's threshold now, as `thresholdFor` tells it. */
function keyOf(endsAt: SQLWrapper, now: Date) {
  const left = sql`floor(extract(epoch from ${endsAt} - ${now}::timestamptz) / 86400)`;
  const threshold = sql`case when ${left} < 0 then 0 when ${left} <= 1 then 1 when ${left} <= 7 then 7
    when ${left} <= 14 then 14 when ${left} <= 30 then 30 else 60 end`;
  return sql`'expiry ' || floor(extract(epoch from ${endsAt}))::bigint || ' ' || ${threshold}`;
}
