import { and, count, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { schedules } from "#drizzle/schema/schedules.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import type { BlastRadius } from "#lib/oauth/credentials/model.ts";
import { readVisible } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";

/** More would be no reading, and the counts tell of the rest. */
const shown = { transports: 100, triggers: 500 };

/** When the first of a transport's schedules is due. */
const firstDue = sql`(
  select min(due.next_due_at) from ${schedules} due join ${triggers} fired on fired.id = due.trigger_id
  where fired.transport_id = ${transports}.id)`;

/**
 * What a change of a credential touches: the transports that send its token, their triggers, the nodes where they are, and the people
 * who are signed in with it. Lists hold what the reader may see, the counts everything; what is due first stands first.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getBlastRadius(ctx: Context, id: string, now = new Date()): Promise<BlastRadius> {
  await readVisible(getDb(), ctx, id);
  const db = getDb();
  const isSeen = (permission: "transports.read" | "triggers.read"): SQL | undefined =>
    isWithinNodes(nodes.path, allowedNodes(ctx.grants, permission));
  const using = db.select({ id: transports.id }).from(transports).where(eq(transports.credentialId, id));
  const [transportRows, triggerRows, [counts], offered] = await Promise.all([
    db
      .select({
        id: transports.id,
        name: transports.name,
        type: transports.type,
        nodeId: nodes.id,
        nodeName: nodes.name,
      })
      .from(transports)
      .innerJoin(nodes, eq(nodes.id, transports.nodeId))
      .where(and(eq(transports.credentialId, id), isSeen("transports.read")))
      .orderBy(sql`${firstDue} asc nulls last`, sql`lower(${transports.name})`, transports.id)
      .limit(shown.transports),
    db
      .select({
        id: triggers.id,
        name: triggers.name,
        transportId: triggers.transportId,
        enabled: triggers.enabled,
        event: sql<BlastRadius["triggers"][number]["event"]>`${triggers.event}->>'kind'`,
        nodeId: nodes.id,
        nodeName: nodes.name,
        nextDueAt: schedules.nextDueAt,
      })
      .from(triggers)
      .innerJoin(nodes, eq(nodes.id, triggers.nodeId))
      .leftJoin(schedules, eq(schedules.triggerId, triggers.id))
      .where(and(inArray(triggers.transportId, using), isSeen("triggers.read")))
      .orderBy(sql`${schedules.nextDueAt} asc nulls last`, sql`lower(${triggers.name})`, triggers.id)
      .limit(shown.triggers),
    db
      .select({
        transports: sql<number>`${db.$count(transports, eq(transports.credentialId, id))}`.mapWith(Number),
        triggers: sql<number>`${db.$count(triggers, inArray(triggers.transportId, using))}`.mapWith(Number),
        sessions: count(),
      })
      .from(sessions)
      .where(and(eq(sessions.credentialId, id), isNull(sessions.revokedAt), gt(sessions.expiresAt, now))),
    db
      .select({ id: nodes.id, name: nodes.name })
      .from(nodes)
      .where(
        and(
          sql`${nodes.id} in (select unnest(offered_at) from credentials where id = ${id})`,
          isSeen("transports.read"),
        ),
      ),
  ]);
  const places = [...transportRows, ...triggerRows].map(({ nodeId, nodeName }) => ({ id: nodeId, name: nodeName }));
  const byId = new Map([...places, ...offered].map((node) => [node.id, node]));
  return {
    transports: transportRows,
    triggers: triggerRows.map((row) => ({ ...row, nextDueAt: row.nextDueAt?.toISOString() ?? null })),
    nodes: [...byId.values()].sort((a, b) => a.name.localeCompare(b.name)),
    counts: counts ?? { transports: 0, triggers: 0, sessions: 0 },
  };
}
