import { inArray } from "drizzle-orm";
import { transports } from "#drizzle/schema/transports.ts";
import { findAllowedNodes } from "#lib/access/nodes/allowed-at.ts";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { findTransport } from "#lib/delivery/transports/store.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import type { TriggerPlan } from "./plan.ts";

/**
 * Requires what an on-demand run needs: to run triggers on the trigger's node, and to use transports on the transport's.
 * @throws AppError `forbidden`
 */
export function requireRun(ctx: Context, { node, transportPath }: Pick<TriggerPlan, "node" | "transportPath">): void {
  requirePermission(ctx, "triggers.run", node.path);
  requirePermission(ctx, "transports.use", transportPath);
}

/**
 * Requires the permission to send what triggers hold over a transport.
 * @throws AppError `forbidden`, `not_found`
 */
export async function requireUse(ctx: Context, transportId: string, db: Database | Transaction): Promise<void> {
  requirePermission(ctx, "transports.use", (await findTransport(db, transportId)).nodePath);
}

/**
 * Requires the permissions to decide what is sent over a transport. A trigger sends any path and body, as a test does: those who can
 * only use a transport send what others composed.
 * @throws AppError `forbidden`
 */
export function requireComposing(ctx: Context, transportPath: readonly string[]): void {
  requirePermission(ctx, "transports.use", transportPath);
  requirePermission(ctx, "transports.test", transportPath);
}

/** Whether the caller can run a trigger on demand, for what pages offer. */
export async function mayRun(ctx: Context, trigger: { nodeId: string; transportId: string }): Promise<boolean> {
  const [path, transport] = await Promise.all([
    getNodePath(trigger.nodeId),
    findTransport(getDb(), trigger.transportId),
  ]);
  return isAllowed(ctx.grants, "triggers.run", path) && isAllowed(ctx.grants, "transports.use", transport.nodePath);
}

/** Returns the IDs of those of the triggers that the caller can run on demand, for what lists offer. */
export async function listRunnable(
  ctx: Context,
  triggers: readonly { id: string; nodeId: string; transportId: string }[],
): Promise<Set<string>> {
  const { id, nodeId } = transports;
  const transportIds = triggers.map((trigger) => trigger.transportId);
  const rows = await getDb().select({ id, nodeId }).from(transports).where(inArray(id, transportIds));
  const [here, usable] = await Promise.all([
    findAllowedNodes(
      ctx,
      "triggers.run",
      triggers.map((trigger) => trigger.nodeId),
    ),
    findAllowedNodes(
      ctx,
      "transports.use",
      rows.map((row) => row.nodeId),
    ),
  ]);
  const usableIds = new Set(rows.filter((row) => usable.has(row.nodeId)).map((row) => row.id));
  return new Set(
    triggers.filter((trigger) => here.has(trigger.nodeId) && usableIds.has(trigger.transportId)).map(({ id }) => id),
  );
}
