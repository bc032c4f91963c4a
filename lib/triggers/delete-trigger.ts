import { eq } from "drizzle-orm";
import { triggers } from "#drizzle/schema/triggers.ts";
import { recordAudit } from "../audit/record.ts";
import { bumpChanges } from "../db/changes.ts";
import { inTransaction } from "../db/client.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { audited } from "./create-trigger.ts";
import { findTrigger, toTriggerDetail } from "./store.ts";

/**
 * Deletes a trigger. Its runs stay.
 * @throws AppError `forbidden`, `not_found`
 */
export async function deleteTrigger(ctx: Context, id: string): Promise<void> {
  await inTransaction(async (tx) => {
    const found = await findTrigger(tx, id, true);
    requirePermission(ctx, "triggers.write", found.nodePath);
    await tx.delete(triggers).where(eq(triggers.id, id));
    const target = { kind: "trigger", id, name: found.row.name };
    await recordAudit(tx, ctx, { action: "trigger.delete", target, before: audited(toTriggerDetail(found)) });
    await bumpChanges(tx);
  });
}
