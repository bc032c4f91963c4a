import { type ActedBy, asSystem } from "#lib/platform/audit/actor.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { type Action, type ActorGrant, isAllowed } from "./permissions.ts";

/** First argument of every use-case: who acts, with which grants, from where. */
export type Context = ActedBy & { grants: readonly ActorGrant[] };

/** Sallyport itself, for the worker and the start: allowed everything. */
export function systemContext(name: string): Context {
  return { ...asSystem(name), grants: [{ role: "admin", nodeId: null }] };
}

/**
 * Lets the action through or throws.
 * @param nodePath ids from the root to the node concerned, null when the action is about no single node.
 * @throws AppError `forbidden`
 */
export function requirePermission(ctx: Context, action: Action, nodePath: readonly string[] | null = null): void {
  if (isAllowed(ctx.grants, action, nodePath)) return;
  throw new AppError("forbidden", `${ctx.actor.name} may not do this (${action}).`, {
    hint: "Ask an admin for a role that allows it on this node.",
  });
}
