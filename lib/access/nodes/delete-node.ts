import { eq } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { NodeUse } from "./stored/model.ts";
import { findNodeUses } from "./stored/node-uses.ts";
import { findNode, lockTree, toAuditView, toNodeDetail } from "./stored/store.ts";

/**
 * Deletes a node that nothing stands on, lies under or is granted for.
 * @throws AppError `forbidden`, `not_found`, `in_use` with `details.usedBy`
 */
export async function deleteNode(ctx: Context, id: string): Promise<void> {
  await inTransaction(async (tx) => {
    await lockTree(tx);
    const node = toNodeDetail(await findNode(tx, id, true));
    requirePermission(ctx, "nodes.write", node.path);
    const usedBy = await findNodeUses(tx, id);
    if (usedBy.length > 0) throw inUse(node.name, usedBy);
    await tx.delete(nodes).where(eq(nodes.id, id));
    await recordAudit(tx, ctx, {
      action: "node.delete",
      target: { kind: "node", id, name: node.name },
      before: toAuditView(node),
    });
    await bumpChanges(tx);
  }).catch((err) => {
    // Something was put onto the node between the look and the delete.
    throw findViolation(err)?.kind === "foreign_key" ? inUse("This node", []) : err;
  });
}

const words: Record<NodeUse["kind"], [one: string, many: string]> = {
  node: ["node", "nodes"],
  transport: ["transport", "transports"],
  trigger: ["trigger", "triggers"],
  user: ["user's role", "users' roles"],
  api_key: ["API key", "API keys"],
  alert_channel: ["alert channel", "alert channels"],
  credential: ["credential's role mapping", "credentials' role mappings"],
};

function inUse(name: string, usedBy: NodeUse[]): AppError {
  const parts = Object.entries(words).flatMap(([kind, [one, many]]) => {
    const count = usedBy.filter((use) => use.kind === kind).length;
    return count === 0 ? [] : [count === 1 ? `1 ${one}` : `${count}${count >= 50 ? " or more" : ""} ${many}`];
  });
  const what = parts.length === 0 ? "something" : parts.join(", ").replace(/, ([^,]*)$/, " and $1");
  const verb = usedBy.length === 1 ? "uses" : "use";
  return new AppError("in_use", `${name} can't be deleted: ${what} ${parts.length === 0 ? "uses" : verb} it.`, {
    hint: "Move or delete these first.",
    details: { usedBy },
  });
}
