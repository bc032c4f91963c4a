import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { type CredentialDraft, openDraft } from "#lib/oauth/credentials/open-draft.ts";
import { statusOfWorking } from "#lib/oauth/credentials/secret-expiry.ts";
import { classifyFailure } from "#lib/oauth/tokens/classify.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import type { CheckResult } from "./check-credential.ts";
import { conclude } from "./report/conclude.ts";
import { listSecrets } from "./report/list-secrets.ts";
import { askOnce } from "./steps/ask-once.ts";
import { type Inspection, inspectApplication } from "./steps/inspect-application.ts";
import { inspectUser } from "./steps/inspect-user.ts";
import { probeTransports } from "./steps/probe-transports.ts";

/**
 * Checks values that nobody has saved, for who may save them: the same steps as of a saved credential, and the status that
 * it would have. Nothing is stored: no values, no status, no event, no token.
 * @throws AppError `forbidden`, `not_found`, `invalid_input`, `stale_version`, `name_taken`, as saving would
 */
export async function checkDraft(ctx: Context, draft: CredentialDraft): Promise<CheckResult> {
  requirePermission(ctx, "credentials.write");
  const client = await openDraft(ctx, draft);
  const at = new Date();
  const inspection =
    client.type === "user"
      ? await inspectUser(client, Date.now)
      : await inspectApplication(client, (notes) => askOnce(client, notes), Date.now);
  const isStored = draft.id !== undefined;
  const probed = isStored ? await probeTransports(client, inspection.accessToken, ctx.grants) : [];
  const name = draft.id === undefined && draft.name === undefined ? "not saved yet" : client.name;
  const { steps, report } = conclude(
    { ...inspection, steps: [...inspection.steps, ...probed] },
    { ...client, name },
    { cause: ctx.actor.name, at, secrets: listSecrets(client, inspection.accessToken) },
  );
  return { ...foresee(client, inspection, at), checkedAt: at.toISOString(), checkedBy: ctx.actor.name, steps, report };
}

/** The status that the credential would have with these values. */
function foresee(client: OpenCredential, { failure }: Inspection, at: Date) {
  if (!failure) return { ...statusOfWorking(client, at), statusField: null };
  return foreseeFailure(client.version, failure, at);
}

function foreseeFailure(version: number, failure: AppError, at: Date) {
  const history = { version, workedVersion: null, unexplainedSince: null };
  const { status, statusReason, statusField } = classifyFailure(failure, history, at.getTime());
  return { status, statusReason, statusField };
}
