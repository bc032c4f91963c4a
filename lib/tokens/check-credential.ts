import type { CredentialStatus, OpenCredential } from "../credentials/model.ts";
import { openCredential } from "../credentials/open-credential.ts";
import { findCredential } from "../credentials/store.ts";
import { getDb } from "../db/client.ts";
import { notFound, toAppError } from "../errors.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { getLog } from "../log.ts";
import { credentialDisabled } from "./acquire-token.ts";
import { type CheckStep, describeFailure, describeSuccess, describeUnusable } from "./check-steps.ts";
import { checkUserCredential } from "./check-user-credential.ts";
import { tokenDesk } from "./get-token.ts";
import { noteUserAttempt } from "./note-user-attempt.ts";

/** What a check found out; the status is the credential's after it. */
export type CheckResult = {
  status: CredentialStatus;
  statusReason: string;
  statusField: string | null;
  steps: CheckStep[];
};

/**
 * Asks the provider for a token now, whatever is cached and however lately it failed, and tells step by step how it went.
 * Of a User credential it asks for what can be had without a person.
 * @param options.cause for the event log; the actor's name when left out.
 * @throws AppError `forbidden`, `not_found`; that the provider refused is no error but the result.
 */
export async function checkCredential(
  ctx: Context,
  id: string,
  options: { cause?: string } = {},
): Promise<CheckResult> {
  requirePermission(ctx, "credentials.check");
  return runCheck(id, options.cause ?? ctx.actor.name);
}

/** `checkCredential` for callers that have asked for permission already. */
export async function runCheck(id: string, cause: string): Promise<CheckResult> {
  const row = await findCredential(getDb(), id);
  if (!row) throw notFound("credential", id);
  const steps = await findSteps(row, cause);
  const after = await findCredential(getDb(), id);
  if (!after) throw notFound("credential", id);
  return { status: after.status, statusReason: after.statusReason, statusField: after.statusField, steps };
}

type Checked = { id: string; name: string; type: "application" | "user"; version: number; enabled: boolean };

async function findSteps(row: Checked, cause: string): Promise<CheckStep[]> {
  const startedAt = Date.now();
  try {
    if (!row.enabled) throw credentialDisabled(row.name);
    if (row.type === "user") return await findUserSteps(await openCredential(row.id), cause, startedAt);
    const entry = await tokenDesk.acquire(row, { kind: "check", cause, runId: null });
    return describeSuccess(Date.now() - startedAt, entry!.token.expiresAt);
  } catch (err) {
    const error = toAppError(err);
    // The outcome of a request is recorded; what is not the provider's or the configuration's fault is ours.
    if (error.code === "internal" || error.code === "not_found") throw err;
    getLog().debug({ err, credentialId: row.id }, "a check failed");
    return row.type === "user" ? describeUnusable(error) : describeFailure(error, Date.now() - startedAt);
  }
}

async function findUserSteps(credential: OpenCredential, cause: string, startedAt: number): Promise<CheckStep[]> {
  const { steps, failure } = await checkUserCredential(credential, Date.now);
  const description = failure ? failure.message : "Checked without a sign-in.";
  await noteUserAttempt({ credential, kind: "check", cause, startedAt, endedAt: Date.now(), description, failure });
  return steps;
}
