import { and, asc, eq, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";

/** Something on a node or below it. */
export type OnNode = { id: string; name: string; type: string; nodeId: string; nodeName: string };
export type OnNodeTrigger = OnNode & { enabled: boolean; transportName: string };

/** How many of each kind are named; the lists of transports and triggers have the rest. */
export const contentsLimit = 100;

/**
 * The transports and triggers on a node and on everything under it, by name, at most 100 of each.
 * @throws AppError `forbidden`
 */
export async function listContents(
  ctx: Context,
  nodeId: string,
): Promise<{ transports: OnNode[]; triggers: OnNodeTrigger[] }> {
  requirePermission(ctx, "nodes.read");
  const within = isWithinNodes(nodes.path, [nodeId]);
  const place = { nodeId: nodes.id, nodeName: nodes.name };
  const [transportRows, triggerRows] = await Promise.all([
    getDb()
      .select({ id: transports.id, name: transports.name, type: transports.type, ...place })
      .from(transports)
      .innerJoin(nodes, eq(nodes.id, transports.nodeId))
      .where(and(within, isWithinNodes(nodes.path, allowedNodes(ctx.grants, "transports.read"))))
      .orderBy(sql`lower(${transports.name})`, asc(transports.id))
      .limit(contentsLimit),
    getDb()
      .select({
        id: triggers.id,
        name: triggers.name,
        type: sql<string>`${triggers.event}->>'kind'`,
        enabled: triggers.enabled,
        transportName: transports.name,
        ...place,
      })
      .from(triggers)
      .innerJoin(nodes, eq(nodes.id, triggers.nodeId))
      .innerJoin(transports, eq(transports.id, triggers.transportId))
      .where(and(within, isWithinNodes(nodes.path, allowedNodes(ctx.grants, "triggers.read"))))
      .orderBy(sql`lower(${triggers.name})`, asc(triggers.id))
      .limit(contentsLimit),
  ]);
  return { transports: transportRows, triggers: triggerRows };
}
