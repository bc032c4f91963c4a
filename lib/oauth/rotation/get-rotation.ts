import type { Context } from "#lib/access/permissions/context.ts";
import type { CredentialConfiguration } from "#lib/oauth/credentials/model.ts";
import type { KeptSecret, Rotation, StagedTest } from "#lib/oauth/credentials/rotation-model.ts";
import { soonestExpiry } from "#lib/oauth/credentials/secret-expiry.ts";
import { type Reader, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { readVisible } from "#lib/oauth/credentials/visible.ts";
import { describeCertificate } from "#lib/platform/certificates/check-key-material.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { findSlot, type SlotRow } from "./staging/store.ts";
import { bringsNote, findObstacle, markOf } from "./staging/validate-staged.ts";

/**
 * Reads what a credential has beside the secret in force, without secrets.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getRotation(ctx: Context, id: string): Promise<Rotation> {
  return readRotation(getDb(), toConfiguration(await readVisible(getDb(), ctx, id)));
}

/** `getRotation` of a credential that is in hand. */
export async function readRotation(reader: Reader, credential: CredentialConfiguration): Promise<Rotation> {
  const staged = await findSlot(reader, credential.id, "staged");
  const previous = await findSlot(reader, credential.id, "previous");
  return {
    version: credential.version,
    staged: staged && { ...toKept(staged, credential), test: toTest(staged, credential) },
    previous: previous && toKept(previous, credential),
  };
}

/** How the last test of a slot went, null when there was none. */
export function toTest(slot: SlotRow, credential: CredentialConfiguration): StagedTest | null {
  if (slot.testedAt === null) return null;
  return {
    at: slot.testedAt.toISOString(),
    by: slot.testedBy ?? "",
    passed: slot.testPassed === true,
    reason: slot.testReason ?? "",
    field: slot.testField,
    outdated: slot.testMark !== markOf(credential, slot),
    steps: slot.testSteps ?? [],
    report: slot.testReport ?? "",
  };
}

function toKept(slot: SlotRow, credential: CredentialConfiguration): KeptSecret {
  return {
    id: slot.secretId,
    clientSecretSetAt: slot.clientSecretSetAt?.toISOString() ?? null,
    privateKeySetAt: slot.privateKeySetAt?.toISOString() ?? null,
    certificateInfo: describeCertificate(slot.certificate),
    secretExpiresOn: noteOf(slot, credential),
    endsAt: endOf(slot, credential),
    placedAt: slot.placedAt.toISOString(),
    placedBy: slot.placedBy,
    unusable: findObstacle(slot, credential),
  };
}

const noteOf = (slot: SlotRow, credential: CredentialConfiguration) =>
  bringsNote(slot, credential) ? slot.secretExpiresOn : null;

/** When what a slot holds ends, as noted or by its certificate, as an ISO string; null when nothing is known of it. */
export function endOf(slot: SlotRow, credential: CredentialConfiguration): string | null {
  const { clientAuthentication, presentCertificate } = credential;
  const dates = { clientAuthentication, presentCertificate, certificate: slot.certificate };
  return soonestExpiry({ ...dates, secretExpiresOn: noteOf(slot, credential) })?.at.toISOString() ?? null;
}
