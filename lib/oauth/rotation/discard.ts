import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { SecretSlot } from "#lib/oauth/credentials/rotation-model.ts";
import { findCredential } from "#lib/oauth/credentials/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { nothingKept, nothingStaged, replacedSince } from "./staging/errors.ts";
import { clearSlot, findSlot } from "./staging/store.ts";

/**
 * Deletes what is staged; the secret in force stays as it is.
 * @param secretId of the one that was seen; left out: whichever it is.
 * @throws AppError `forbidden`, `not_found`, `conflict`
 */
export function discardStaged(ctx: Context, id: string, secretId?: string): Promise<void> {
  return discard(ctx, id, "staged", secretId);
}

/**
 * Deletes the previous secret: there is no rolling back to it any more.
 * @throws AppError `forbidden`, `not_found`, `conflict`
 */
export function forgetPrevious(ctx: Context, id: string, secretId?: string): Promise<void> {
  return discard(ctx, id, "previous", secretId);
}

async function discard(ctx: Context, id: string, slot: SecretSlot, secretId?: string): Promise<void> {
  requirePermission(ctx, "credentials.write");
  await inTransaction(async (tx) => {
    const row = await findCredential(tx, id, true);
    if (!row) throw notFound("credential", id);
    const there = await findSlot(tx, id, slot);
    if (!there) throw slot === "staged" ? nothingStaged(row.name) : nothingKept(row.name);
    if (secretId !== undefined && there.secretId !== secretId) throw replacedSince(row.name, there.placedBy);
    await clearSlot(tx, id, slot);
    const set = (setAt: Date | null) => (setAt ? slot : undefined);
    await recordAudit(tx, ctx, {
      action: slot === "staged" ? "credential.discard_staged" : "credential.forget_previous",
      target: { kind: "credential", id, name: row.name },
      before: {
        clientSecret: set(there.clientSecretSetAt),
        privateKey: set(there.privateKeySetAt),
        certificate: there.certificate ?? undefined,
        secretExpiresOn: there.secretExpiresOn,
      },
    });
  });
}
