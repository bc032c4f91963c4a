import { isDeepStrictEqual } from "node:util";
import { eq, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { dropUndefined, pickFields } from "#lib/platform/definitions/rows.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { type NodeDetail, nodeFields } from "./definition.ts";
import { type NodeUpdate, nodeUpdate } from "./schema.ts";
import { maxDepth } from "./stored/model.ts";
import { findNode, lockTree, type NodeRow, nameTaken, toAuditView, toNodeDetail } from "./stored/store.ts";

/**
 * Renames a node, moves it with all that is under it, lists it for people who have not signed in. A move changes who may reach the node, so it takes the
 * permission where it leaves and where it arrives; for the top of the tree that is a role for all nodes.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `name_taken`, `invalid_input` (under itself, too deep)
 */
export async function updateNode(ctx: Context, id: string, input: NodeUpdate): Promise<NodeDetail> {
  const { version, ...changes } = nodeUpdate.parse(input);
  return inTransaction(async (tx) => {
    if (changes.parentId !== undefined) await lockTree(tx);
    const found = await findNode(tx, id, true);
    requirePermission(ctx, "nodes.write", found.row.path);
    const before = toNodeDetail(found);
    if (version !== before.version) throw await refuseStaleEdit(tx, { kind: "node", id }, version, before);

    const stored = pickFields(nodeFields, before);
    const values = { ...stored, ...dropUndefined(changes) };
    if (isDeepStrictEqual(values, stored)) return before;
    if (values.parentId !== before.parentId) await moveSubtree(tx, ctx, found.row, values.parentId);
    await tx
      .update(nodes)
      .set({ ...values, version: version + 1, updatedAt: sql`now()` })
      .where(eq(nodes.id, id));

    const after = toNodeDetail(await findNode(tx, id));
    await recordAudit(tx, ctx, {
      action: "node.update",
      target: { kind: "node", id, name: after.name },
      before: toAuditView(before),
      after: toAuditView(after),
    });
    await bumpChanges(tx);
    return after;
  }).catch((err) => {
    throw findViolation(err)?.kind === "unique" ? nameTaken(changes.name ?? "that") : err;
  });
}

/** Rewrites the paths of a node and everything under it, in one statement. */
async function moveSubtree(tx: Transaction, ctx: Context, node: NodeRow, parentId: string | null): Promise<void> {
  const parentPath = parentId === null ? [] : (await findNode(tx, parentId)).row.path;
  const oldParentPath = node.path.slice(0, -1);
  for (const path of [oldParentPath, parentPath]) {
    requirePermission(ctx, "nodes.write", path.length === 0 ? null : path);
  }
  if (parentPath.includes(node.id)) {
    throw invalidInput([{ field: "parentId", message: `${node.name} can't be moved under itself.` }]);
  }
  const isUnder = sql`${nodes.path} @> array[${node.id}]::uuid[]`;
  const [deepest] = await tx
    .select({ depth: sql<number>`max(cardinality(${nodes.path}))::int` })
    .from(nodes)
    .where(isUnder);
  if ((deepest?.depth ?? 0) - oldParentPath.length + parentPath.length > maxDepth) {
    throw invalidInput([{ field: "parentId", message: `Nodes nest at most ${maxDepth} deep.` }]);
  }
  await tx
    .update(nodes)
    .set({ path: sql`${sql.param(parentPath)}::uuid[] || ${nodes.path}[${oldParentPath.length + 1}:]` })
    .where(isUnder);
}
