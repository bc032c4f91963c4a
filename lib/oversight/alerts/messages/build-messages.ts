import { and, asc, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { alertNotices } from "#drizzle/schema/alert-notices.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { readSuccessors } from "#lib/oauth/rotation/read-successors.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { noteExpiries } from "../noticing/note-expiries.ts";
import { noteStatusChanges } from "../noticing/note-status-changes.ts";
import { composeMessage } from "./compose.ts";

/** Notices of one message; more become more messages. */
const mostPerMessage = 2000;

/**
 * Notes what there is to tell and puts what is due into messages: one for each receiver, with all that is due to it. All in
 * one transaction, under a lock that one worker has at a time; it ends with the transaction, so pgbouncer does not matter.
 * @param portal base URL, for the links.
 * @param looksAtEnds whether secrets that end are looked for, too.
 * @returns how many messages were made; null when another worker is at it.
 */
export async function buildMessages(portal: string, now: Date, looksAtEnds = true): Promise<number | null> {
  return inTransaction(async (tx) => {
    const { rows } = await tx.execute<{ locked: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended('alerts/gather', 0)) as locked`,
    );
    if (!rows[0]?.locked) return null;
    while ((await noteStatusChanges(tx, now)) > 0);
    if (looksAtEnds) await noteExpiries(tx, now);
    const due = await tx
      .selectDistinct({ channelId: alertNotices.channelId, recipient: alertNotices.recipient })
      .from(alertNotices)
      .innerJoin(alertChannels, eq(alertChannels.id, alertNotices.channelId))
      .where(and(isDue(now), eq(alertChannels.enabled, true)));
    for (const receiver of due) await makeMessage(tx, receiver, portal, now);
    return due.length;
  });
}

const isDue = (now: Date) =>
  and(isNull(alertNotices.deliveryId), isNull(alertNotices.closedAt), lte(alertNotices.dueAt, now));

async function makeMessage(
  tx: Transaction,
  { channelId, recipient }: { channelId: string; recipient: string },
  portal: string,
  now: Date,
): Promise<void> {
  const { id, kind, data, dueAt, createdAt } = alertNotices;
  const notices = await tx
    .select({
      id,
      kind,
      data,
      credentialId: alertNotices.credentialId,
      transportId: alertNotices.transportId,
      nodeName: nodes.name,
      name: sql<string>`coalesce(${transports.name}, ${credentials.name})`,
      owner: sql<string>`coalesce(${credentials.owner}, '')`,
      endsAt: sql<Date | null>`case when ${transports.id} is null then ${credentials.secretEndsAt}
        else ${transports.certificateEndsAt} end`.mapWith(credentials.secretEndsAt),
      transports: sql<number>`case when ${transports.id} is null
        then (select count(*)::int from ${transports} t where t.credential_id = ${credentials}.id) else 1 end`,
      triggers: sql<number>`case when ${transports.id} is null then (
          select count(*)::int from ${triggers} r join ${transports} t on t.id = r.transport_id
          where t.credential_id = ${credentials}.id)
        else (select count(*)::int from ${triggers} r where r.transport_id = ${transports}.id) end`,
    })
    .from(alertNotices)
    .leftJoin(transports, eq(transports.id, alertNotices.transportId))
    .leftJoin(nodes, eq(nodes.id, transports.nodeId))
    // Of a transport the credential that it uses, whose owner is told.
    .leftJoin(credentials, eq(credentials.id, sql`coalesce(${alertNotices.credentialId}, ${transports.credentialId})`))
    .where(and(eq(alertNotices.channelId, channelId), eq(alertNotices.recipient, recipient), isDue(now)))
    .orderBy(asc(dueAt), asc(createdAt))
    .limit(mostPerMessage);
  const stale = notices.filter((notice) => notice.data.ending && !isStillSo(notice.data.ending.at, notice.endsAt));
  const told = notices.filter((notice) => !stale.includes(notice));
  // A notice goes out all the same: what is staged does not help before it is promoted.
  const successors = await readSuccessors(
    tx,
    told.flatMap(({ credentialId }) => credentialId ?? []),
  );
  if (stale.length > 0) {
    const ids = stale.map((notice) => notice.id);
    await tx.update(alertNotices).set({ closedAt: now }).where(inArray(id, ids));
  }
  if (told.length === 0) return;
  const deliveryId = v7();
  const message = composeMessage(
    told.map((notice) => ({ ...notice, successor: successors.get(notice.credentialId ?? "") ?? null })),
    portal,
    now,
  );
  await tx.insert(alertDeliveries).values({ id: deliveryId, channelId, recipient, message, nextAttemptAt: now });
  await tx
    .update(alertNotices)
    .set({ deliveryId })
    .where(
      inArray(
        id,
        told.map((notice) => notice.id),
      ),
    );
}

/** An end that was corrected before it was told. */
function isStillSo(told: string, now: Date | null): boolean {
  return now !== null && now.toISOString() === told;
}
