import { eq } from "drizzle-orm";
import { triggers } from "#drizzle/schema/triggers.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { updateTrigger } from "./update-trigger.ts";

/**
 * Enables or disables a trigger, whatever else was changed since the caller read it.
 * @throws AppError as `updateTrigger`; `stale_version` if someone edits it at this moment
 */
export async function setTriggerEnabled(ctx: Context, id: string, enabled: boolean): Promise<void> {
  const [row] = await getDb().select({ version: triggers.version }).from(triggers).where(eq(triggers.id, id));
  if (!row) throw notFound("trigger", id);
  await updateTrigger(ctx, id, { version: row.version, enabled });
}
