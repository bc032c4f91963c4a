import { eq } from "drizzle-orm";
import { v7 } from "uuid";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { toAuditView } from "#lib/oauth/credential-edits/audit-view.ts";
import { carryTokens } from "#lib/oauth/credential-edits/carry-tokens.ts";
import type { CredentialConfiguration } from "#lib/oauth/credentials/model.ts";
import type { SecretSlot } from "#lib/oauth/credentials/rotation-model.ts";
import { soonestExpiry, statusOfWorking } from "#lib/oauth/credentials/secret-expiry.ts";
import { recordCredentialEvent } from "#lib/oauth/credentials/set-status.ts";
import { type CredentialRow, firstCheckAt, publicColumns, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { credentialAad } from "#lib/platform/crypto/aad.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { unusable } from "./errors.ts";
import { sealFormer } from "./seal-former.ts";
import { clearSlot, type OpenSlot, openSlot } from "./store.ts";
import { bindingOf, findObstacle, withSlot } from "./validate-staged.ts";

type Step = {
  from: SecretSlot;
  action: "credential.promote" | "credential.roll_back";
  /** For event log and status. */
  words: "Promoted" | "Rolled back";
  /** When it was tested with success, with nothing changed since; null makes the credential `unverified`. */
  verifiedAt: Date | null;
  /** More for the audit log. */
  note: Record<string, string>;
};

/**
 * Puts what a slot holds in force and keeps the former as `previous`, as a new version of the credential. Client and scope
 * are the same, so the tokens in hand stay; what the provider said about the former secret is forgotten.
 * @param row locked.
 * @throws AppError `conflict`, `secret_unreadable`
 */
export async function putInForce(
  tx: Transaction,
  ctx: Context,
  row: CredentialRow,
  step: Step,
): Promise<CredentialConfiguration> {
  const { id } = row;
  const now = new Date();
  const before = toConfiguration(row);
  const slot = await openSlot(tx, row, step.from);
  if (!slot) throw new Error("a slot that was looked at is empty");
  const obstacle = findObstacle(slot.row, before);
  if (obstacle) throw unusable(step.from, row.name, obstacle);
  const { clientSecret, privateKey } = slot;

  const former = await sealFormer(tx, before, slot);
  await clearSlot(tx, id, step.from);
  await clearSlot(tx, id, "previous");
  if (former !== null && former !== "unreadable") {
    const placed = { boundTo: bindingOf(before), placedAt: now, placedBy: ctx.actor.name };
    await tx
      .insert(credentialSecrets)
      .values({ credentialId: id, slot: "previous", secretId: v7(), ...former, ...placed });
  }

  const { certificate, secretExpiresOn } = withSlot(before, slot.row);
  const secretEndsAt = soonestExpiry({ ...before, certificate, secretExpiresOn })?.at ?? null;
  const version = row.version + 1;
  const [saved] = await tx
    .update(credentials)
    .set({
      ...(clientSecret === undefined
        ? {}
        : {
            clientSecretEnvelope: sealSecret(clientSecret, credentialAad(row, "clientSecret")),
            clientSecretSetAt: slot.row.clientSecretSetAt,
          }),
      ...(privateKey === undefined
        ? {}
        : {
            privateKeyEnvelope: sealSecret(privateKey, credentialAad(row, "privateKey")),
            privateKeySetAt: slot.row.privateKeySetAt,
          }),
      certificate,
      secretExpiresOn,
      secretEndsAt,
      version,
      updatedAt: now,
      ...stateAfter(row, { certificate, secretExpiresOn }, step, now),
    })
    .where(eq(credentials.id, id))
    .returning(publicColumns);
  await carryTokens(tx, { before: row, after: row }, row.version, version);
  // The token in hand serves on. Where it is not sure that another one will come, that is found out at once.
  const renewal = step.verifiedAt ? {} : { renewAt: now };
  await tx
    .update(tokens)
    .set({ retryAt: null, failure: null, ...renewal })
    .where(eq(tokens.credentialId, id));

  const after = toConfiguration(saved!);
  const description = `${step.words} ${nameHeld(slot)}.`;
  const event = { credentialId: id, credentialVersion: version, kind: "status", outcome: "succeeded" } as const;
  await recordCredentialEvent({ ...event, cause: ctx.actor.name, durationMs: 0, description }, tx);
  const changes = {
    ...(clientSecret === undefined ? {} : { clientSecret: "replaced" as const }),
    ...(privateKey === undefined ? {} : { privateKey: "replaced" as const }),
  };
  const kept = former === null ? "none" : former === "unreadable" ? "not kept: it can't be opened" : "kept";
  await recordAudit(tx, ctx, {
    action: step.action,
    target: { kind: "credential", id, name: row.name },
    before: toAuditView(before),
    after: { ...toAuditView(after, changes), former: kept, ...step.note },
  });
  await bumpChanges(tx);
  return after;
}

function nameHeld({ clientSecret, privateKey }: OpenSlot): string {
  if (clientSecret !== undefined && privateKey !== undefined) return "the client secret and the private key";
  if (clientSecret !== undefined) return "the client secret";
  return privateKey === undefined ? "the certificate" : "the private key and its certificate";
}

function stateAfter(
  row: CredentialRow,
  dates: Pick<CredentialRow, "certificate" | "secretExpiresOn">,
  { verifiedAt, words }: Step,
  now: Date,
) {
  const version = row.version + 1;
  const told = verifiedAt
    ? { ...statusOfWorking({ ...row, ...dates }, now), lastCheckedAt: verifiedAt }
    : { status: "unverified" as const, statusReason: `${words}, not checked yet.` };
  return {
    ...(row.enabled ? told : {}),
    statusField: null,
    errorCode: null,
    providerCode: null,
    failingSince: null,
    unexplainedSince: null,
    failures: 0,
    nextCheckAt: row.enabled && row.type === "application" ? firstCheckAt(now) : null,
    ...(verifiedAt ? { workedVersion: version } : {}),
  };
}
