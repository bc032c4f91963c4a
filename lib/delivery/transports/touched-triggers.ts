import { and, eq, type SQL, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { schedules } from "#drizzle/schema/schedules.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import type { TouchedTriggers } from "./model.ts";
import { findTransport } from "./store.ts";

/** More would be no reading, and the count tells of the rest. */
const shown = 500;

/**
 * What a change of a transport touches: the triggers that send through it and when they are due, the soonest first. The list
 * holds what the reader may see, the count all.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getTouchedTriggers(ctx: Context, id: string): Promise<TouchedTriggers> {
  const found = await findTransport(getDb(), id);
  requirePermission(ctx, "transports.read", found.nodePath);
  const where = eq(triggers.transportId, id);
  const [rows, count] = await Promise.all([
    getDb()
      .select({
        id: triggers.id,
        name: triggers.name,
        enabled: triggers.enabled,
        event: sql<TouchedTriggers["triggers"][number]["event"]>`${triggers.event}->>'kind'`,
        nodeId: nodes.id,
        nodeName: nodes.name,
        nextDueAt: schedules.nextDueAt,
      })
      .from(triggers)
      .innerJoin(nodes, eq(nodes.id, triggers.nodeId))
      .leftJoin(schedules, eq(schedules.triggerId, triggers.id))
      .where(and(where, isWithinNodes(nodes.path, allowedNodes(ctx.grants, "triggers.read"))))
      .orderBy(...soonestFirst)
      .limit(shown),
    getDb().$count(triggers, where),
  ]);
  return { count, triggers: rows.map((row) => ({ ...row, nextDueAt: row.nextDueAt?.toISOString() ?? null })) };
}

const soonestFirst: SQL[] = [
  sql`${schedules.nextDueAt} asc nulls last`,
  sql`lower(${triggers.name})`,
  sql`${triggers.id}`,
];
