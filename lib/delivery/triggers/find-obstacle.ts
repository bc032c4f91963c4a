import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { requireSignIn } from "#lib/delivery/runs/authorization.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { requireRun } from "./may-run.ts";
import { getTriggerPlan } from "./plan.ts";
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

/**
 * The User credential that somebody has to sign in with before a trigger can run, since the transport sends the token of
 * the person who runs it; null when there is none, or the person is signed in with it.
 * @throws AppError `not_found`, `forbidden`
 */
export async function findSignInToRun(ctx: Context, id: string): Promise<{ id: string; name: string } | null> {
  const plan = await getTriggerPlan(id);
  requireRun(ctx, plan);
  const { transport } = plan;
  const { authorization } = transport;
  if (authorization.kind !== "credential") return null;
  try {
    await requireSignIn(transport, ctx.actor);
    return null;
  } catch (err) {
    if (!isAppError(err) || err.code !== "profile_sign_in_required") throw err;
    return { id: authorization.credential.id, name: authorization.credential.name };
  }
}
