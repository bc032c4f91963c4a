import { v7 } from "uuid";
import { triggers } from "#drizzle/schema/triggers.ts";
import { recordAudit } from "../audit/record.ts";
import { bumpChanges } from "../db/changes.ts";
import { inTransaction } from "../db/client.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { getNodePath } from "../nodes/node-path.ts";
import { checkRequest } from "./check-request.ts";
import type { SavedTrigger, TriggerDetail } from "./model.ts";
import { saveEvent } from "./save-event.ts";
import type { TriggerInput } from "./schema.ts";
import { findTrigger, toTriggerDetail } from "./store.ts";
import { explainViolation } from "./violations.ts";

/**
 * Adds a trigger to a node. It may use any transport that the caller may read.
 * @throws AppError `forbidden`, `invalid_input`, `template_invalid`, `name_taken`, `not_found` (the node)
 */
export async function createTrigger(ctx: Context, input: TriggerInput, now = new Date()): Promise<SavedTrigger> {
  return inTransaction(async (tx) => {
    requirePermission(ctx, "triggers.write", await getNodePath(input.nodeId, tx));
    await checkRequest(tx, ctx, input, null);
    const id = v7();
    await tx.insert(triggers).values({ id, ...input, createdAt: now, updatedAt: now });
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
