import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { CredentialConfiguration, OpenCredential } from "#lib/oauth/credentials/model.ts";
import type { StagedTest } from "#lib/oauth/credentials/rotation-model.ts";
import { noteTest } from "#lib/oauth/rotation/note-test.ts";
import { openStaged } from "#lib/oauth/rotation/open-staged.ts";
import { classifyFailure } from "#lib/oauth/tokens/classify.ts";
import { foundNoSlot } from "#lib/oauth/tokens/provider-slots.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { describeProxy } from "#lib/platform/net/request.ts";
import { conclude } from "./report/conclude.ts";
import { listSecrets } from "./report/list-secrets.ts";
import { askOnce } from "./steps/ask-once.ts";
import { type Inspection, inspectApplication } from "./steps/inspect-application.ts";
import { inspectUser } from "./steps/inspect-user.ts";
import { probeTransports } from "./steps/probe-transports.ts";

/**
 * Asks the provider with the staged secret of a credential, by the steps of a check, and tries the token at the services of
 * its transports. The credential's status stays, and the token is thrown away; what came of it is kept beside the staged
 * secret and in the event log.
 * @throws AppError `forbidden`, `not_found`, `conflict` (nothing is staged, or it can't be used any more),
 *   `credential_disabled`, `secret_unreadable`; that the provider refused is no error but the result.
 */
export async function testStaged(ctx: Context, id: string): Promise<StagedTest> {
  requirePermission(ctx, "credentials.check");
  const { client, secretId, mark } = await openStaged(id);
  if (!client.enabled) throw disabled(client.name);
  const at = new Date();
  const inspection =
    client.type === "user"
      ? await inspectUser(client, Date.now)
      : await inspectApplication(client, (notes) => askOnce(client, notes), Date.now);
  const { failure } = inspection;
  // Nobody was asked, so nothing is known about the secret.
  if (failure && foundNoSlot(failure)) throw failure;
  const endedAt = new Date();
  const probed = await probeTransports(client, inspection.accessToken, ctx.grants);
  const told = conclude(
    { ...inspection, steps: [...inspection.steps, ...probed] },
    { ...client, name: `${client.name}, with its staged secret` },
    { cause: ctx.actor.name, at, secrets: listSecrets(client, inspection.accessToken) },
  );
  const { reason, field } = judge(client, failure, at);
  const test = { at: at.toISOString(), by: ctx.actor.name, passed: !failure, reason, field, ...told };
  const provider = failure?.provider ?? null;
  await noteTest({
    credentialId: id,
    secretId,
    mark,
    test,
    event: {
      credentialVersion: client.version,
      cause: ctx.actor.name,
      outcome: failure ? "failed" : "succeeded",
      durationMs: endedAt.getTime() - at.getTime(),
      errorCode: failure?.code ?? null,
      httpStatus: provider?.status ?? null,
      providerCode: provider?.code ?? null,
      description: (provider?.description ?? failure?.message ?? reason).slice(0, 1000),
      correlationId: provider?.correlationId ?? null,
      proxy: describeProxy(client.endpointUrl, client.proxy),
      at: endedAt,
    },
  });
  return { ...test, outdated: false };
}

function judge(client: OpenCredential, failure: Inspection["failure"], at: Date) {
  if (!failure) {
    const reason = client.type === "user" ? "The provider takes it, as far as shows without a sign-in." : accepted;
    return { reason, field: null };
  }
  const history = { version: client.version, workedVersion: null, unexplainedSince: null };
  const { statusReason, statusField } = classifyFailure(failure, history, at.getTime());
  return { reason: statusReason, field: statusField };
}

const accepted = "The provider accepts it and issued a token.";

function disabled(name: CredentialConfiguration["name"]): AppError {
  return new AppError("credential_disabled", `The credential “${name}” is disabled, so its provider is not asked.`, {
    hint: "Enable it, then test.",
  });
}
