import { v7 } from "uuid";
import { triggers } from "#drizzle/schema/triggers.ts";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { SavedTrigger, TriggerDetail } from "#lib/delivery/triggers/model.ts";
import type { TriggerInput } from "#lib/delivery/triggers/schema.ts";
import { findTrigger, toTriggerDetail } from "#lib/delivery/triggers/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { checkRequest } from "./saving/check-request.ts";
import { saveEvent } from "./saving/save-event.ts";
import { explainViolation } from "./saving/trigger-violations.ts";

/**
 * Adds a trigger to a node. It can use any transport that the caller can use and test.
 * @throws AppError `forbidden`, `invalid_input`, `template_invalid`, `name_taken`, `not_found` (the node)
 */
export async function createTrigger(ctx: Context, input: TriggerInput, now = new Date()): Promise<SavedTrigger> {
  return inTransaction(async (tx) => {
    requirePermission(ctx, "triggers.write", await getNodePath(input.nodeId, tx));
    const id = v7();
    const { request, headersEnvelope } = await checkRequest(tx, ctx, { id, ...input }, null, now);
    await tx.insert(triggers).values({ id, ...input, request, headersEnvelope, createdAt: now, updatedAt: now });
    const webhookSecret = await saveEvent(tx, { id, ...input }, null, now);
    const created = toTriggerDetail(await findTrigger(tx, id));
    const target = { kind: "trigger", id, name: created.name };
    await recordAudit(tx, ctx, { action: "trigger.create", target, after: audited(created) });
    await bumpChanges(tx);
    return { ...created, webhookSecret };
  }).catch((err) => {
    throw explainViolation(err, input);
  });
}

/** What the audit log keeps of a trigger: its configuration, not its runs. */
export function audited(trigger: TriggerDetail): Record<string, unknown> {
  const { lastRun: _, queued: __, held: ___, schedule: ____, ...configuration } = trigger;
  return configuration;
}
