import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { ActorGrant } from "#lib/access/permissions/permissions.ts";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import type { OpenCredential, OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import { type CredentialRow, findCredential, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { type CheckStep, failStep, skipAfter } from "#lib/oauth/explanations/check-steps.ts";
import { checkSteps, userCheckSteps } from "#lib/oauth/explanations/step-names.ts";
import { credentialDisabled } from "#lib/oauth/tokens/acquire-token.ts";
import { tokenCache } from "#lib/oauth/tokens/get-token.ts";
import { noteUserAttempt } from "#lib/oauth/tokens/note-user-attempt.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { AppError, notFound, toAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { keepLastCheck } from "./last-check.ts";
import { conclude } from "./report/conclude.ts";
import { listSecrets } from "./report/list-secrets.ts";
import { type Inspection, inspectApplication } from "./steps/inspect-application.ts";
import { inspectUser } from "./steps/inspect-user.ts";
import { probeTransports } from "./steps/probe-transports.ts";

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
  return runCheck(id, options.cause ?? ctx.actor.name, ctx.grants);
}

/**
 * `checkCredential` for callers that have asked for permission already.
 * @param grants whose transports are tried. @param withinMs how long these may take; left out, as long as they need.
 */
export async function runCheck(
  id: string,
  cause: string,
  grants: readonly ActorGrant[],
  withinMs?: number,
): Promise<CheckResult> {
  const row = await findCredential(getDb(), id);
  if (!row) throw notFound("credential", id);
  const at = new Date();
  const { client, ...inspection } = await inspect(row, cause);
  const stop = withinMs === undefined ? undefined : AbortSignal.timeout(withinMs);
  const probed = await probeTransports(row, inspection.accessToken, grants, stop);
  const secrets = listSecrets(client, inspection.accessToken);
  const { steps, report } = conclude({ ...inspection, steps: [...inspection.steps, ...probed] }, toConfiguration(row), {
    cause,
    at,
    secrets,
  });
  await keepLastCheck(id, { credentialVersion: row.version, cause, steps, report }, at);
  const after = await findCredential(getDb(), id);
  if (!after) throw notFound("credential", id);
  const { status, statusReason, statusField } = after;
  return { status, statusReason, statusField, checkedAt: at.toISOString(), checkedBy: cause, steps, report };
}

type Inspected = Inspection & { client: OpenCredential | null };

async function inspect(row: CredentialRow, cause: string): Promise<Inspected> {
  let client: OpenCredential | null = null;
  try {
    if (!row.enabled) throw credentialDisabled(row.name);
    client = await openCredential(row.id);
  } catch (err) {
    const error = toAppError(err);
    if (error.code === "internal" || error.code === "not_found") throw err;
    // What can't be opened is noted where tokens are asked for, as for a run.
    if (row.enabled && row.type === "application") await ask(row, cause).catch(() => undefined);
    return { ...describeUnusable(row, error), client };
  }
  getLog().debug({ credentialId: row.id }, "a credential is checked");
  const inspection =
    client.type === "user"
      ? await inspectPublic(client, cause)
      : await inspectApplication(client, (notes) => ask(row, cause, notes), Date.now);
  return { ...inspection, client };
}

async function ask(row: CredentialRow, cause: string, notes?: Parameters<Parameters<typeof inspectApplication>[1]>[0]) {
  const entry = await tokenCache.acquire(row, { kind: "check", cause, runId: null, notes });
  if (!entry) throw new AppError("internal", "A check ended without a token.", { expose: false });
  return entry.token;
}

async function inspectPublic(client: OpenUserCredential, cause: string): Promise<Inspection> {
  const startedAt = Date.now();
  const inspection = await inspectUser(client, Date.now);
  const { failure } = inspection;
  const description = failure ? failure.message : "Checked without a sign-in.";
  await noteUserAttempt({
    credential: client,
    kind: "check",
    cause,
    startedAt,
    endedAt: Date.now(),
    description,
    failure,
  });
  return inspection;
}

function describeUnusable(row: CredentialRow, failure: AppError): Inspection {
  const order = row.type === "user" ? userCheckSteps : checkSteps;
  const steps = [failStep("configuration", failure, row), ...skipAfter(order, "configuration")];
  return { steps, failure, trace: null, accessToken: null };
}
