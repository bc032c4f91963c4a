import type { OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import { openUserCredential } from "#lib/oauth/credentials/open-credential.ts";
import { recordUnreadable } from "#lib/oauth/tokens/record-outcome.ts";
import { type AppError, isAppError } from "#lib/platform/errors/app-error.ts";

/**
 * Opens a credential for a sign-in or its renewal. If its secrets can't be opened, the event log and the status say why.
 * @param cause for the event log.
 * @throws AppError as `openUserCredential`
 */
export async function openProfile(id: string, cause: string, clock: () => number): Promise<OpenUserCredential> {
  try {
    return await openUserCredential(id);
  } catch (err) {
    if (isUnreadable(err)) await recordUnreadable(id, { kind: "sign_in", cause, error: err, now: clock() });
    throw err;
  }
}

/** Whether stored secrets can't be opened. */
export function isUnreadable(err: unknown): err is AppError {
  return isAppError(err) && err.code === "secret_unreadable";
}
