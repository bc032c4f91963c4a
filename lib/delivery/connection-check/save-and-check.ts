import type { Context } from "#lib/access/permissions/context.ts";
import { createCredential } from "#lib/oauth/credentials/create-credential.ts";
import type { CredentialFields } from "#lib/oauth/credentials/definition.ts";
import { getCredential } from "#lib/oauth/credentials/get-credential.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { setCredentialEnabled } from "#lib/oauth/credentials/set-enabled.ts";
import { updateCredential } from "#lib/oauth/credentials/update-credential.ts";
import { promoteStaged, rollBack } from "#lib/oauth/rotation/promote.ts";
import type { PromoteInput, RollBackInput } from "#lib/oauth/rotation/schema.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { runCheck } from "./check-credential.ts";

/** Whoever saves waits so long at most for the services of its transports; Check now takes its time. */
const probingMs = 5000;

/**
 * Stores a new credential and asks the provider for a token at once.
 * @returns the credential with the status that came of it; that the provider refused is no error.
 * @throws AppError as `createCredential`
 */
export async function createAndCheckCredential(ctx: Context, input: CredentialFields): Promise<CredentialDetail> {
  return checkSaved(ctx, await createCredential(ctx, input));
}

/**
 * Changes a credential and, when the edit matters to its tokens, asks the provider for one at once.
 * @param withinMs how long the services of its transports may take.
 * @throws AppError as `updateCredential`
 */
export async function updateAndCheckCredential(
  ctx: Context,
  id: string,
  update: Parameters<typeof updateCredential>[2],
  withinMs = probingMs,
): Promise<CredentialDetail> {
  return checkSaved(ctx, await updateCredential(ctx, id, update), withinMs);
}

/**
 * Turns a credential off, or on again and asks the provider for a token at once.
 * @throws AppError as `setCredentialEnabled`
 */
export async function enableAndCheckCredential(ctx: Context, id: string, enabled: boolean): Promise<CredentialDetail> {
  return checkSaved(ctx, await setCredentialEnabled(ctx, id, enabled));
}

/**
 * Promotes the staged secret. One that passed its test is `active` already; another one is tried at once.
 * @throws AppError as `promoteStaged`
 */
export async function promoteAndCheck(ctx: Context, id: string, input: PromoteInput): Promise<CredentialDetail> {
  return checkSaved(ctx, await promoteStaged(ctx, id, input));
}

/**
 * Puts the previous secret in force again and asks the provider for a token with it at once.
 * @throws AppError as `rollBack`
 */
export async function rollBackAndCheck(ctx: Context, id: string, input: RollBackInput): Promise<CredentialDetail> {
  return checkSaved(ctx, await rollBack(ctx, id, input));
}

async function checkSaved(ctx: Context, saved: CredentialDetail, withinMs = probingMs): Promise<CredentialDetail> {
  if (saved.status !== "unverified") return saved;
  try {
    await runCheck(saved.id, ctx.actor.name, ctx.grants, withinMs);
  } catch (err) {
    // It is saved; the worker checks it again.
    getLog().error({ err, credentialId: saved.id }, "a saved credential could not be checked");
  }
  return getCredential(ctx, saved.id);
}
