import { getDb } from "../db/client.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import type { TriggerDetail } from "./model.ts";
import { findTrigger, toTriggerDetail } from "./store.ts";

/**
 * One trigger with its request and the variables that it asks for.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getTrigger(ctx: Context, id: string): Promise<TriggerDetail> {
  const found = await findTrigger(getDb(), id);
  requirePermission(ctx, "triggers.read", found.nodePath);
  return toTriggerDetail(found);
}
