import { v7 } from "uuid";
import { nodes } from "#drizzle/schema/nodes.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import type { NodeDetail } from "./definition.ts";
import { type NodeInput, nodeInput } from "./schema.ts";
import { maxDepth } from "./stored/model.ts";
import { findNode, lockTree, nameTaken, toAuditView, toNodeDetail } from "./stored/store.ts";

/**
 * Adds a node under another one, or at the top, which takes a role for all nodes.
 * @throws AppError `forbidden`, `not_found` (the parent), `name_taken`, `invalid_input` (nested too deep)
 */
export async function createNode(ctx: Context, input: NodeInput): Promise<NodeDetail> {
  const { name, parentId, listed } = nodeInput.parse(input);
  if (parentId === null) requirePermission(ctx, "nodes.write");
  return inTransaction(async (tx) => {
    await lockTree(tx);
    const parentPath = parentId === null ? [] : (await findNode(tx, parentId)).row.path;
    if (parentId !== null) requirePermission(ctx, "nodes.write", parentPath);
    if (parentPath.length >= maxDepth) {
      throw invalidInput([{ field: "parentId", message: `Nodes nest at most ${maxDepth} deep.` }]);
    }
    const id = v7();
    await tx.insert(nodes).values({ id, name, parentId, listed, path: [...parentPath, id] });
    const node = toNodeDetail(await findNode(tx, id));
    await recordAudit(tx, ctx, {
      action: "node.create",
      target: { kind: "node", id, name },
      after: toAuditView(node),
    });
    await bumpChanges(tx);
    return node;
  }).catch((err) => {
    throw findViolation(err)?.kind === "unique" ? nameTaken(name) : err;
  });
}
