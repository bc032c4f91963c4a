import { arrayContains, asc, eq, or, sql } from "drizzle-orm";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { apiKeys } from "#drizzle/schema/api-keys.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { schedules } from "#drizzle/schema/schedules.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Database, Transaction } from "#lib/platform/db/client.ts";
import type { NodeUse } from "./model.ts";

/** How many uses of each kind are named. */
const namedPerKind = 50;

/** What keeps a node from being deleted, at most 50 of each kind, by kind and name; triggers that are due first. */
export async function findNodeUses(db: Database | Transaction, id: string): Promise<NodeUse[]> {
  const children = db
    .select({ id: nodes.id, name: nodes.name })
    .from(nodes)
    .where(eq(nodes.parentId, id))
    .orderBy(asc(nodes.name))
    .limit(namedPerKind);
  const onTransports = db
    .select({ id: transports.id, name: transports.name })
    .from(transports)
    .where(eq(transports.nodeId, id))
    .orderBy(asc(transports.name))
    .limit(namedPerKind);
  const onTriggers = db
    .select({ id: triggers.id, name: triggers.name, nextDueAt: schedules.nextDueAt })
    .from(triggers)
    .leftJoin(schedules, eq(schedules.triggerId, triggers.id))
    .where(eq(triggers.nodeId, id))
    .orderBy(sql`${schedules.nextDueAt} asc nulls last`, asc(triggers.name))
    .limit(namedPerKind);
  const granted = db
    .selectDistinct({ id: users.id, name: users.username })
    .from(userRoles)
    .innerJoin(users, eq(users.id, userRoles.userId))
    .where(eq(userRoles.nodeId, id))
    .orderBy(asc(users.username))
    .limit(namedPerKind);
  const keys = db
    .select({ id: apiKeys.id, name: apiKeys.name })
    .from(apiKeys)
    .where(eq(apiKeys.nodeId, id))
    .orderBy(asc(apiKeys.name))
    .limit(namedPerKind);
  const mapped = db
    .select({ id: credentials.id, name: credentials.name })
    .from(credentials)
    .where(
      or(
        sql`${credentials.roleMapping} @> ${JSON.stringify([{ nodeId: id }])}::jsonb`,
        sql`${credentials.defaultRole}->>'nodeId' = ${id}`,
        arrayContains(credentials.offeredAt, [id]),
      ),
    )
    .orderBy(asc(credentials.name))
    .limit(namedPerKind);

  const channels = db
    .select({ id: alertChannels.id, name: alertChannels.name })
    .from(alertChannels)
    .where(eq(alertChannels.nodeId, id))
    .orderBy(asc(alertChannels.name))
    .limit(namedPerKind);

  const found: NodeUse[] = [];
  const kinds = [
    ["node", children],
    ["transport", onTransports],
    ["trigger", onTriggers],
    ["user", granted],
    ["api_key", keys],
    ["credential", mapped],
    ["alert_channel", channels],
  ] as const;
  for (const [kind, query] of kinds) {
    for (const { nextDueAt, ...row } of (await query) as { id: string; name: string; nextDueAt?: Date | null }[]) {
      const due = nextDueAt === undefined ? {} : { nextDueAt: nextDueAt?.toISOString() ?? null };
      found.push({ kind, ...row, nodeId: id, ...due });
    }
  }
  return found;
}
