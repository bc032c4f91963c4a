import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { type CredentialDraft, openDraft } from "#lib/oauth/credential-edits/open-draft.ts";
import { statusOfWorking } from "#lib/oauth/credentials/secret-expiry.ts";
import { classifyFailure } from "#lib/oauth/explanations/classify-failure.ts";
import type { CheckResult } from "./check-credential.ts";
import { askOnce } from "./steps/ask-once.ts";
import { examine } from "./steps/examine.ts";

/**
 * Checks values that nobody has saved, for who may save them: the same steps as of a saved credential, and the status that
 * it would have. Nothing is stored: no values, no status, no event, no token. The audit log records to which services the token goes.
 * @throws AppError `forbidden`, `not_found`, `invalid_input`, `stale_version`, `name_taken`, as saving would
 */
export async function checkDraft(ctx: Context, draft: CredentialDraft): Promise<CheckResult> {
  requirePermission(ctx, "credentials.write");
  const client = await openDraft(ctx, draft);
  const cause = ctx.actor.name;
  const { at, failure, unverified, steps, report } = await examine(client, askOnce(client), {
    cause,
    ...(draft.id !== undefined && { ctx }),
    ...(draft.id === undefined && draft.name === undefined && { name: "not saved yet" }),
  });
  const { status, statusReason, statusField } = failure
    ? classifyFailure(failure, null, at.getTime())
    : unverified !== null
      ? { status: "unverified" as const, statusReason: unverified, statusField: null }
      : { ...statusOfWorking(client, at), statusField: null };
  return { status, statusReason, statusField, checkedAt: at.toISOString(), checkedBy: cause, steps, report };
}
