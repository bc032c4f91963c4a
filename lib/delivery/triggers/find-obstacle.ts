import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { findTrigger } from "./store.ts";

/**
 * Why a trigger that fires by itself will not do its work as things stand, in words; null when nothing is in its way.
 * @throws AppError `not_found`, `forbidden`
 */
export async function findObstacle(ctx: Context, id: string): Promise<string | null> {
  const { row, nodePath, credentialId, credentialName } = await findTrigger(getDb(), id);
  requirePermission(ctx, "triggers.read", nodePath);
  if (row.event.kind === "on_demand") return null;
  if (!row.enabled) {
    return row.event.kind === "schedule"
      ? "The trigger is disabled: its schedule makes no runs."
      : "The trigger is disabled: its webhook refuses messages with 409.";
  }
  if (!credentialId) return null;
  const [credential] = await getDb()
    .select({ enabled: credentials.enabled, status: credentials.status })
    .from(credentials)
    .where(eq(credentials.id, credentialId));
  if (credential && !credential.enabled) return `The credential ${credentialName} is disabled: runs will fail.`;
  if (credential?.status === "action_needed") {
    return `The provider refuses the credential ${credentialName}: runs fail until it is repaired.`;
  }
  return null;
}
