import { eq, type SQL, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { pickFields, readRow } from "#lib/platform/definitions/rows.ts";
import { AppError, notFound } from "#lib/platform/errors/app-error.ts";
import {
  type NodeDetail,
  type NodeStep,
  type NodeSummary,
  nodeDetail,
  nodeFields,
  nodeSummary,
} from "../definition.ts";

export type NodeRow = typeof nodes.$inferSelect;

// Raw names: in a query of one table Drizzle leaves the table's name out, and a subquery would then compare with itself.
const trail = sql<NodeStep[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', above.id, 'name', above.name) order by cardinality(above.path)), '[]')
  from nodes above where above.id = any(nodes.path) and above.id <> nodes.id)`;

const counts = {
  childCount: sql<number>`(select count(*)::int from nodes below where below.parent_id = nodes.id)`,
  transportCount: sql<number>`(select count(*)::int from transports where transports.node_id = nodes.id)`,
  triggerCount: sql<number>`(select count(*)::int from triggers where triggers.node_id = nodes.id)`,
};

/**
 * One node.
 * @param lock whether other changes of the row wait for this transaction.
 * @throws AppError `not_found`
 */
export async function findNode(
  db: Database | Transaction,
  id: string,
  lock = false,
): Promise<{ row: NodeRow; trail: NodeStep[] }> {
  const query = db.select({ row: nodes, trail }).from(nodes).where(eq(nodes.id, id));
  const [found] = await (lock ? query.for("update", { of: nodes }) : query);
  if (!found) throw notFound("node", id);
  return found;
}

/** A page of nodes with what stands on them, counted. */
export async function selectNodes(where: SQL | undefined, orderBy: SQL[], limit: number): Promise<NodeSummary[]> {
  const rows = await getDb()
    .select({ row: nodes, trail, ...counts })
    .from(nodes)
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);
  return rows.map(({ row, ...rest }) => readRow(nodeSummary, { ...row, ...rest }));
}

/** A node as people and programs see it. */
export function toNodeDetail({ row, trail }: { row: NodeRow; trail: NodeStep[] }): NodeDetail {
  return readRow(nodeDetail, { ...row, trail });
}

/** What the audit log keeps of a node. */
export function toAuditView(node: NodeDetail): Record<string, unknown> {
  const parent = node.trail.map((step) => step.name).join(" / ");
  return { ...pickFields(nodeFields, node), parent: parent === "" ? null : parent, version: node.version };
}

/** "Sallyport tree" as a number: one lock for the shape of the tree. */
const treeLock = "5999999999999901";

/**
 * Makes changes of the tree's shape wait for each other until the transaction ends: of two concurrent moves one would
 * otherwise see the other's old paths, and two nodes could end up under each other. A lock of the transaction, so it
 * works behind pgbouncer too.
 */
export async function lockTree(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${treeLock}::bigint)`);
}

/** `name_taken` for a name that a sibling has. */
export function nameTaken(name: string): AppError {
  const message = `There is already a node named ${name} at this place.`;
  return new AppError("name_taken", message, { fields: [{ field: "name", message }] });
}
