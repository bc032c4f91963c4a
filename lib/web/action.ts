import { forbidden, notFound, redirect, unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import type { Context } from "#lib/access/permissions/context.ts";
import { type Action, isAllowedSomewhere } from "#lib/access/permissions/permissions.ts";
import type { SignedIn } from "#lib/access/sessions/sessions.ts";
import { requireStorable } from "#lib/platform/db/storable.ts";
import { AppError, invalidInput, isAppError } from "#lib/platform/errors/app-error.ts";
import { listFieldErrors } from "#lib/platform/errors/field-errors.ts";
import { type ActionResult, logUnexpected, toActionError } from "./action-result.ts";
import { safeReturnTo } from "./return-to.ts";
import { getRequestPath, getSignedIn } from "./session.ts";

export type { ActionResult } from "./action-result.ts";

/** Where a person is sent who must choose a new password or show a second factor first. */
const accountPage = "/account";

/**
 * A server action: who calls is looked up, may do this at least somewhere, and the input fits the schema; then `run`
 * (which checks the permission on the node itself). Errors come back as values, Next's redirects pass through.
 * @param permission `self` for what everybody may do about themselves, even while a new password or a second factor is asked for.
 */
export function protectedAction<S extends z.ZodType, T>(
  options: { permission: Action | "self"; schema: S },
  run: (ctx: Context, input: z.output<S>) => Promise<T> | T,
): (input: unknown) => Promise<ActionResult<T>> {
  return async (input) => {
    try {
      const ctx = await requireSignedIn(options.permission);
      requireStorable(input);
      const parsed = await options.schema.safeParseAsync(input);
      if (!parsed.success) throw invalidInput(listFieldErrors(parsed.error));
      return { ok: true, value: await run(ctx, parsed.data) };
    } catch (thrown) {
      unstable_rethrow(thrown);
      return { ok: false, error: toActionError(thrown) };
    }
  };
}

async function requireSignedIn(permission: Action | "self"): Promise<Context> {
  const signedIn = await getSignedIn();
  if (!signedIn) {
    throw new AppError("sign_in_required", "Your session has ended.", {
      hint: "Sign in again in another tab, then repeat this.",
    });
  }
  if (permission === "self") return signedIn.ctx;
  if (signedIn.user.mustChangePassword) {
    throw new AppError("forbidden", "Choose a new password first.", { hint: "Open Account and change it." });
  }
  if (signedIn.missingFactor.length > 0) {
    throw new AppError("second_factor_required", "Your role asks for a second factor.", {
      hint: "Open Account and set one up, or sign in again with one.",
    });
  }
  if (!mayDoSomewhere(signedIn.ctx, permission)) {
    throw new AppError("forbidden", `${signedIn.ctx.actor.name} may not do this (${permission}).`, {
      hint: "Ask an admin for a role that allows it.",
    });
  }
  return signedIn.ctx;
}

/** Whether a role allows an action on at least one node: what navigation and buttons go by. */
export function mayDoSomewhere(ctx: Context, action: Action): boolean {
  return isAllowedSomewhere(ctx.grants, action);
}

/**
 * Who asks for this page. Redirects to the sign-in page when nobody is signed in, and to the account page while a new
 * password or a second factor is asked for. Looked up once per request, so layouts and pages may both call it.
 */
export async function getPageContext(): Promise<Context> {
  return (await getPageSession()).ctx;
}

/** Like `getPageContext`, with the user's names for the header and the account page. */
export async function getPageSession(): Promise<SignedIn> {
  const path = safeReturnTo(await getRequestPath());
  const signedIn = await getSignedIn();
  if (!signedIn) redirect(path === "/" ? "/signin" : `/signin?returnTo=${encodeURIComponent(path)}`);
  const isHeldBack = signedIn.user.mustChangePassword || signedIn.missingFactor.length > 0;
  if (isHeldBack && !isAccountPage(path)) redirect(accountPage);
  return signedIn;
}

function isAccountPage(path: string): boolean {
  return path === accountPage || path.startsWith(`${accountPage}?`);
}

/**
 * Runs what a page reads, as who asks for it: `not_found` becomes the not-found page, `forbidden` the page that says so
 * (403), and an unexpected error is logged under a reference id that the error page shows as its digest.
 */
export async function runPage<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
  const ctx = await getPageContext();
  try {
    return await work(ctx);
  } catch (thrown) {
    unstable_rethrow(thrown);
    if (isAppError(thrown) && thrown.code === "not_found") notFound();
    if (isAppError(thrown) && thrown.code === "forbidden") forbidden();
    const reference = logUnexpected(thrown);
    throw Object.assign(new Error(`The page could not be made, see the log under ${reference}.`), {
      digest: reference,
    });
  }
}
