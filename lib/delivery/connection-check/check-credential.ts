import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import { type CredentialRow, findCredential, toConfiguration } from "#lib/oauth/credentials/store.ts";
import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import { credentialDisabled } from "#lib/oauth/tokens/acquire-token.ts";
import { tokenCache } from "#lib/oauth/tokens/get-token.ts";
import type { CheckNotes } from "#lib/oauth/tokens/model.ts";
import { recordUnreadable, recordUserAttempt } from "#lib/oauth/tokens/record-outcome.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { AppError, notFound, toAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { keepLastCheck } from "./last-check.ts";
import { examine } from "./steps/examine.ts";

/** What a check found out; the status is the credential's after it. */
export type CheckResult = {
  status: CredentialStatus;
  statusReason: string;
  statusField: string | null;
  /** ISO time. */
  checkedAt: string;
  checkedBy: string;
  steps: CheckStep[];
  /** For the IT team, as plain text without secrets. */
  report: string;
};

/**
 * Asks the provider for a token now, whatever is cached and however lately it failed, tries it at the services of the
 * transports that use it, and tells step by step how it went. Of a User credential it asks for what can be had without a
 * person.
 * @param options.cause for the event log; the actor's name when left out.
 * @throws AppError `forbidden`, `not_found`; that the provider refused is no error but the result.
 */
export async function checkCredential(
  ctx: Context,
  id: string,
  options: { cause?: string } = {},
): Promise<CheckResult> {
  requirePermission(ctx, "credentials.check");
  return runCheck(ctx, id, options.cause ?? ctx.actor.name);
}

/**
 * `checkCredential` for callers that have asked for permission already.
 * @param ctx of the user whose transports are tried. @param withinMs how long these may take; left out, as long as they need.
 */
export async function runCheck(ctx: Context, id: string, cause: string, withinMs?: number): Promise<CheckResult> {
  const row = await findCredential(getDb(), id);
  if (!row) throw notFound("credential", id);
  const client = await open(row, cause);
  getLog().debug({ credentialId: id }, "a credential is checked");
  const { at, steps, report } = await examine(client, (notes) => ask(row, cause, notes), {
    cause,
    ctx,
    probeWithinMs: withinMs,
    // The cache of tokens records those of Application credentials itself.
    onInspected: async ({ failure, unverified }, startedAt, endedAt) => {
      if (client.type !== "user" || "unusable" in client) return;
      await recordUserAttempt({
        credential: client,
        kind: "check",
        cause,
        startedAt: startedAt.getTime(),
        endedAt: endedAt.getTime(),
        description: failure?.message ?? unverified ?? "Checked without a sign-in.",
        failure,
        unverified,
      });
    },
  });
  await keepLastCheck(id, { credentialVersion: row.version, cause, steps, report }, at);
  const after = await findCredential(getDb(), id);
  if (!after) throw notFound("credential", id);
  const { status, statusReason, statusField } = after;
  return { status, statusReason, statusField, checkedAt: at.toISOString(), checkedBy: cause, steps, report };
}

async function open(row: CredentialRow, cause: string) {
  try {
    if (!row.enabled) throw credentialDisabled(row.name);
    return await openCredential(row.id);
  } catch (err) {
    const unusable = toAppError(err);
    if (unusable.code === "internal" || unusable.code === "not_found") throw err;
    // What can't be opened is noted where tokens are asked for, as for a run.
    if (row.enabled && row.type === "application") await ask(row, cause).catch(() => undefined);
    if (row.enabled && row.type === "user") {
      await recordUnreadable(row.id, { kind: "check", cause, error: unusable, now: Date.now() });
    }
    return { ...toConfiguration(row), unusable };
  }
}

async function ask(row: CredentialRow, cause: string, notes?: CheckNotes) {
  const entry = await tokenCache.acquire(row, { kind: "check", cause, runId: null, notes });
  if (!entry) throw new AppError("internal", "A check ended without a token.", { expose: false });
  return entry.token;
}
