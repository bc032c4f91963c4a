import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { StagedTest } from "#lib/oauth/credentials/rotation-model.ts";
import { classifyFailure } from "#lib/oauth/explanations/classify-failure.ts";
import { openStaged } from "#lib/oauth/rotation/open-staged.ts";
import { recordTest } from "#lib/oauth/rotation/record-test.ts";
import { foundNoSlot } from "#lib/oauth/tokens/provider-slots.ts";
import { describeProvider } from "#lib/oauth/tokens/record-outcome.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { describeProxy } from "#lib/platform/net/request.ts";
import { askOnce } from "./steps/ask-once.ts";
import { examine } from "./steps/examine.ts";

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
  const by = ctx.actor.name;
  let endedAt = new Date();
  const { at, failure, unverified, steps, report } = await examine(client, askOnce(client), {
    cause: by,
    name: `${client.name}, with its staged secret`,
    ctx,
    onInspected: async ({ failure: failed }, _startedAt, inspectedAt) => {
      // Nobody was asked, so nothing is known about the secret.
      if (failed && foundNoSlot(failed)) throw failed;
      endedAt = inspectedAt;
    },
  });
  const { statusReason: reason, statusField: field } = failure
    ? classifyFailure(failure, null, at.getTime())
    : { statusReason: unverified ?? accepted[client.type], statusField: null };
  const test = { at: at.toISOString(), by, passed: !failure && unverified === null, reason, field, steps, report };
  await recordTest({
    credentialId: id,
    secretId,
    mark,
    test,
    event: {
      credentialVersion: client.version,
      cause: by,
      outcome: failure ? "failed" : "succeeded",
      durationMs: endedAt.getTime() - at.getTime(),
      ...describeProvider(failure),
      errorCode: failure?.code ?? null,
      description: (failure?.provider?.description ?? failure?.message ?? reason).slice(0, 1000),
      proxy: describeProxy(client.endpointUrl, client.proxy),
      at: endedAt,
    },
  });
  return { ...test, outdated: false };
}

const accepted = {
  application: "The provider accepts it and issued a token.",
  user: "The provider takes it, as far as shows without a sign-in.",
};

function disabled(name: string): AppError {
  return new AppError("credential_disabled", `The credential “${name}” is disabled, so its provider is not asked.`, {
    hint: "Enable it, then test.",
  });
}
