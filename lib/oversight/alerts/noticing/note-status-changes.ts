import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { alertNotices } from "#drizzle/schema/alert-notices.ts";
import { credentialStatusChanges } from "#drizzle/schema/credential-status-changes.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { findOpenChannels, ownerAddress, receiversOf, touchesNode } from "../messages/receivers.ts";
import { decideNotices, type Listener, type OpenLoss } from "./decide-notices.ts";

/** Changes that are looked at in one transaction. */
const batch = 500;

/**
 * Turns the changes of statuses that nobody looked at yet into notices (`decideNotices`).
 * @param tx holds the lock of `buildMessages`, so that no notice goes out meanwhile.
 * @returns how many changes were looked at.
 */
export async function noteStatusChanges(tx: Transaction, now: Date): Promise<number> {
  const changes = await tx
    .select()
    .from(credentialStatusChanges)
    .where(isNull(credentialStatusChanges.handledAt))
    .orderBy(asc(credentialStatusChanges.id))
    .limit(batch);
  if (changes.length === 0) return 0;
  const ids = [...new Set(changes.map(({ credentialId }) => credentialId))];
  const listeners = await findListeners(tx, ids);
  const { notices, closed } = decideNotices(changes, await findOpenLosses(tx, ids), (id) => listeners.get(id) ?? []);
  for (let from = 0; from < notices.length; from += batch) {
    await tx
      .insert(alertNotices)
      .values(notices.slice(from, from + batch))
      .onConflictDoNothing();
  }
  if (closed.length > 0) {
    await tx.update(alertNotices).set({ closedAt: now }).where(inArray(alertNotices.id, closed));
  }
  const handled = changes.map(({ id }) => id);
  await tx.update(credentialStatusChanges).set({ handledAt: now }).where(inArray(credentialStatusChanges.id, handled));
  return changes.length;
}

async function findListeners(tx: Transaction, ids: string[]): Promise<Map<string, Listener[]>> {
  const listeners = new Map<string, Listener[]>();
  for (const channel of await findOpenChannels(tx, "status")) {
    const rows = await tx
      .select({ id: credentials.id, owner: ownerAddress })
      .from(credentials)
      .where(and(inArray(credentials.id, ids), channel.nodeId ? touchesNode(channel.nodeId) : undefined));
    for (const { id, owner } of rows) {
      const quietMs = channel.quietMinutes * 60_000;
      const more = receiversOf(channel, owner).map((receiver) => ({ ...receiver, quietMs }));
      listeners.set(id, [...(listeners.get(id) ?? []), ...more]);
    }
  }
  return listeners;
}

async function findOpenLosses(tx: Transaction, ids: string[]): Promise<OpenLoss[]> {
  const rows = await tx
    .select()
    .from(alertNotices)
    .where(and(inArray(alertNotices.credentialId, ids), eq(alertNotices.kind, "lost"), isNull(alertNotices.closedAt)))
    .orderBy(sql`${alertNotices.createdAt}`);
  return rows.map(({ id, channelId, recipient, credentialId, data, deliveryId }) => ({
    id,
    channelId,
    recipient,
    // Found by it.
    credentialId: credentialId!,
    status: data.status ?? "action_needed",
    since: data.since,
    isTold: deliveryId !== null || data.heard === true,
  }));
}
