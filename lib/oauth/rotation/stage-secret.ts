import { v7 } from "uuid";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { takeKeyPair } from "#lib/oauth/credential-edits/key-pair.ts";
import type { Rotation } from "#lib/oauth/credentials/rotation-model.ts";
import { findCredential, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { rotationAad } from "#lib/platform/crypto/aad.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError, invalidInput, notFound } from "#lib/platform/errors/app-error.ts";
import { readRotation } from "./get-rotation.ts";
import type { StageInput } from "./schema.ts";
import { findSlot } from "./staging/store.ts";
import { bindingOf, validateStaged } from "./staging/validate-staged.ts";

/**
 * Keeps the next secret of a credential beside the one in force, which goes on being used: version, tokens and status stay.
 * @param entered parsed by `stageInput`.
 * @throws AppError `forbidden`, `not_found`, `invalid_input`, `conflict` when one is staged already
 */
export async function stageSecret(ctx: Context, id: string, entered: StageInput): Promise<Rotation> {
  requirePermission(ctx, "credentials.write");
  const now = new Date();
  const input = await takeKeyPair(entered, now);
  return inTransaction(async (tx) => {
    const row = await findCredential(tx, id, true);
    if (!row) throw notFound("credential", id);
    const credential = toConfiguration(row);
    const there = await findSlot(tx, id, "staged");
    if (there) throw stagedAlready(row.name, there.placedBy);
    const complaints = validateStaged(input, credential, now);
    if (complaints.length > 0) throw invalidInput(complaints);

    const { clientSecret, privateKey, certificate, secretExpiresOn } = input;
    const boundTo = bindingOf(credential);
    const seal = (secret: string | null | undefined, field: "clientSecret" | "privateKey") =>
      secret ? sealSecret(secret, rotationAad(row, { slot: "staged", boundTo }, field)) : null;
    await tx.insert(credentialSecrets).values({
      credentialId: id,
      slot: "staged",
      secretId: v7(),
      clientSecretEnvelope: seal(clientSecret, "clientSecret"),
      clientSecretSetAt: clientSecret ? now : null,
      privateKeyEnvelope: seal(privateKey, "privateKey"),
      privateKeySetAt: privateKey ? now : null,
      certificate: certificate || null,
      secretExpiresOn: secretExpiresOn || null,
      boundTo,
      placedAt: now,
      placedBy: ctx.actor.name,
    });
    const set = (value: string | null | undefined) => (value ? "staged" : undefined);
    await recordAudit(tx, ctx, {
      action: "credential.stage",
      target: { kind: "credential", id, name: row.name },
      after: {
        clientSecret: set(clientSecret),
        privateKey: set(privateKey),
        certificate: certificate || undefined,
        secretExpiresOn: secretExpiresOn || null,
      },
    });
    return readRotation(tx, credential);
  });
}

function stagedAlready(name: string, by: string): AppError {
  return new AppError("conflict", `${by} has staged a secret for “${name}” already.`, {
    hint: "Promote or discard that one first.",
  });
}
