import { eq, type SQL, sql } from "drizzle-orm";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import type { AlertEvent } from "../model.ts";
import type { Receiver } from "../noticing/decide-notices.ts";

const isAddress = String.raw`^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$`;

/**
 * The address of the owner of the credential of the same row of an outer query, null when there is none: the one that was
 * entered, else the owner if it is an address, else the username of the only person of that name, if that is one.
 */
export const ownerAddress: SQL<string | null> = sql<string | null>`case
  when ${credentials}.owner_email <> '' then lower(${credentials}.owner_email)
  when ${credentials}.owner ~ ${isAddress} then lower(${credentials}.owner)
  when ${credentials}.owner <> '' then (
    select min(lower(u.username)) from ${users} u
    where not u.disabled and u.username ~ ${isAddress} and lower(u.display_name) = lower(${credentials}.owner)
    having count(*) = 1)
  end`;

/** Whether the node of the same row of an outer query is a node or under it. */
export function isUnderNode(nodeId: string): SQL {
  return sql`${nodes.path} @> array[${nodeId}]::uuid[]`;
}

/** Whether transports on a node or under it use the credential of the same row of an outer query. */
export function touchesNode(nodeId: SQL | string): SQL {
  return sql`exists (
    select from ${transports} t join ${nodes} n on n.id = t.node_id
    where t.credential_id = ${credentials}.id and n.path @> array[${nodeId}]::uuid[])`;
}

export type OpenChannel = Pick<
  typeof alertChannels.$inferSelect,
  "id" | "nodeId" | "events" | "email" | "quietMinutes"
>;

/** The enabled channels that tell of an event. */
export async function findOpenChannels(tx: Transaction, event: AlertEvent): Promise<OpenChannel[]> {
  const { id, nodeId, events, email, quietMinutes, enabled } = alertChannels;
  return tx
    .select({ id, nodeId, events, email, quietMinutes })
    .from(alertChannels)
    .where(sql`${eq(enabled, true)} and ${event} = any(${events})`);
}

/** Who hears of a credential through a channel. @param owner address of its owner, null when none is known. */
export function receiversOf(channel: OpenChannel, owner: string | null): Receiver[] {
  const { id, email } = channel;
  if (!email) return [{ channelId: id, recipient: "" }];
  const isListed = email.to.some((address) => address.toLowerCase() === owner);
  return [
    ...(email.to.length > 0 ? [{ channelId: id, recipient: "" }] : []),
    ...(email.toOwner && owner && !isListed ? [{ channelId: id, recipient: owner }] : []),
  ];
}
