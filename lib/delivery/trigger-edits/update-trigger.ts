import { eq } from "drizzle-orm";
import { triggers } from "#drizzle/schema/triggers.ts";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { SavedTrigger } from "#lib/delivery/triggers/model.ts";
import type { TriggerUpdate } from "#lib/delivery/triggers/schema.ts";
import { findTrigger, toTriggerDetail } from "#lib/delivery/triggers/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { audited } from "./create-trigger.ts";
import { checkRequest } from "./saving/check-request.ts";
import { saveEvent } from "./saving/save-event.ts";
import { explainViolation } from "./saving/trigger-violations.ts";

/**
 * Changes a trigger. Moving it to another node needs the permission on both. Every change but stopping it needs the permission to use
 * and test its transport.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `invalid_input`, `template_invalid`, `name_taken`
 */
export async function updateTrigger(
  ctx: Context,
  id: string,
  { version, ...changes }: TriggerUpdate,
  now = new Date(),
): Promise<SavedTrigger> {
  return inTransaction(async (tx) => {
    const found = await findTrigger(tx, id, true);
    requirePermission(ctx, "triggers.write", found.nodePath);
    const before = toTriggerDetail(found);
    if (version !== found.row.version) throw await refuseStaleEdit(tx, { kind: "trigger", id }, version, before);
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const next = { ...found.row, ...given };
    if (next.nodeId !== found.row.nodeId) {
      requirePermission(ctx, "triggers.write", await getNodePath(next.nodeId, tx));
    }
    const { request, headersEnvelope } = isStop(given) ? found.row : await checkRequest(tx, ctx, next, found.row, now);
    await tx
      .update(triggers)
      .set({ ...next, request, headersEnvelope, version: version + 1, updatedAt: now })
      .where(eq(triggers.id, id));
    const webhookSecret = await saveEvent(tx, next, found.row, now);
    const after = toTriggerDetail(await findTrigger(tx, id));
    const target = { kind: "trigger", id, name: after.name };
    await recordAudit(tx, ctx, { action: "trigger.update", target, before: audited(before), after: audited(after) });
    await bumpChanges(tx);
    return { ...after, webhookSecret };
  }).catch((err) => {
    throw explainViolation(err, changes);
  });
}

/** Whether an edit only disables the trigger. */
function isStop(given: Record<string, unknown>): boolean {
  return given.enabled === false && Object.keys(given).length === 1;
}
