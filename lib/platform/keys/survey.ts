import { keyIdOf, openSecret } from "#lib/platform/crypto/envelope.ts";
import type { EncryptionKey } from "#lib/platform/env/key-list.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { envelopeColumns, readEnvelopes, type StoredEnvelope } from "./envelopes.ts";

type Owner = NonNullable<StoredEnvelope["owner"]>;
/** A secret that can't be opened: the id of its key, and whether that is known, so the row was changed outside Sallyport. */
export type LostSecret = { kid: string; hasKey: boolean; owner: Owner };

/** Which key opens how many envelopes, and what no key opens. */
export type Survey = {
  /** By key id, also of keys that are not there. */
  counts: Map<string, number>;
  /** What people have to enter again, unless its key comes back. */
  lost: LostSecret[];
  /** Tokens that can't be opened: they are fetched again when they are needed. */
  lostTokens: number;
};

/** Opens every stored secret once, to see which keys are needed and which secrets are lost. */
export async function surveySecrets(keys: readonly EncryptionKey[]): Promise<Survey> {
  const survey: Survey = { counts: new Map(), lost: [], lostTokens: 0 };
  for (const column of envelopeColumns) {
    for await (const stored of readEnvelopes(column)) {
      const kid = keyIdOf(stored.envelope) ?? "(none)";
      survey.counts.set(kid, (survey.counts.get(kid) ?? 0) + 1);
      if (tryOpen(stored, keys) !== null) continue;
      if (stored.owner) survey.lost.push(toLost(stored, stored.owner, keys));
      else survey.lostTokens++;
    }
  }
  return survey;
}

/** What an envelope holds, null when no key opens it. */
export function tryOpen({ envelope, aad }: StoredEnvelope, keys: readonly EncryptionKey[]): string | null {
  try {
    return openSecret(envelope, aad, keys);
  } catch (err) {
    if (isAppError(err) && err.code === "secret_unreadable") return null;
    throw err;
  }
}

/** Describes a secret that no key opens. */
export function toLost({ envelope }: StoredEnvelope, owner: Owner, keys: readonly EncryptionKey[]): LostSecret {
  const kid = keyIdOf(envelope) ?? "(none)";
  return { kid, hasKey: keys.some((key) => key.kid === kid), owner };
}

/** `credential "Orders API": client secret`, one line for each secret. */
export function describeLost({ owner, hasKey }: LostSecret): string {
  return `${owner.kind} "${owner.name}": ${owner.secret}${hasKey ? " (changed outside Sallyport)" : ""}`;
}

/** Says what to do about secrets that can't be opened. */
export function adviseOnLost(lost: readonly LostSecret[]): string {
  const kids = [...new Set(lost.flatMap(({ kid, hasKey }) => (hasKey ? [] : [kid])))].join(", ");
  return kids === "" ? "enter them again" : `bring the encryption key (${kids}) back, or enter them again`;
}
