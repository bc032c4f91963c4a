import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { requireSignIn } from "#lib/delivery/runs/authorization.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { getTriggerPlan } from "./plan.ts";

/**
 * The User credential that somebody has to sign in with before a trigger can run, since the transport sends the token of
 * the person who runs it; null when there is none, or the person is signed in with it.
 * @throws AppError `not_found`, `forbidden`
 */
export async function findSignInToRun(ctx: Context, id: string): Promise<{ id: string; name: string } | null> {
  const { node, transport } = await getTriggerPlan(id);
  requirePermission(ctx, "triggers.run", node.path);
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
