import type { Context } from "#lib/access/permissions/context.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { promoteStaged, rollBack } from "#lib/oauth/rotation/promote.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { runCheck } from "./check-credential.ts";

/** Users who save wait at most this long for the services of their transports; Check now takes as long as it needs. */
const probingMs = 5000;

type Save<Input extends unknown[]> = (ctx: Context, ...input: Input) => Promise<CredentialDetail>;

/**
 * Makes a use-case check what it saved, if that has no status yet: a new credential, an edit that matters to its tokens, one
 * that was enabled, a secret that was promoted untested or rolled back to. It returns the credential with the status that
 * came of it; that the provider refused is no error.
 * @param withinMs how long the services of its transports may take.
 */
export function checkAfter<Input extends unknown[]>(save: Save<Input>, withinMs = probingMs): Save<Input> {
  return async (ctx, ...input) => {
    const saved = await save(ctx, ...input);
    if (saved.status !== "unverified") return saved;
    try {
      await runCheck(ctx, saved.id, ctx.actor.name, withinMs);
    } catch (err) {
      // It is saved; the worker checks it again.
      getLog().error({ err, credentialId: saved.id }, "a saved credential could not be checked");
    }
    return getCredential(ctx, saved.id);
  };
}

export const createAndCheckCredential = checkAfter(createCredential);
export const updateAndCheckCredential = checkAfter(updateCredential);
export const enableAndCheckCredential = checkAfter(setCredentialEnabled);
export const promoteAndCheck = checkAfter(promoteStaged);
export const rollBackAndCheck = checkAfter(rollBack);
