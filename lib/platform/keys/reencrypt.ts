import { not, sql } from "drizzle-orm";
import type { ActedBy } from "#lib/platform/audit/actor.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import type { EncryptionKey } from "#lib/platform/env/key-list.ts";
import { type EnvelopeColumn, envelopeColumns, readEnvelopes } from "./envelopes.ts";
import { type LostSecret, toLost, tryOpen } from "./survey.ts";

export type Reencryption = { sealed: number; lost: LostSecret[] };

/** Passes over the table before giving up on rows that edits keep sealing with an old key. */
const maxPasses = 20;

/**
 * Seals every stored secret again with the first key, while the portal runs: one row at a time, no lock is held between
 * rows, and an edit made meanwhile wins. The old keys must stay known until every process seals with the first one.
 * @param keys all of them; the first one seals.
 */
export async function reencryptSecrets(by: ActedBy, keys: readonly EncryptionKey[]): Promise<Reencryption> {
  const result: Reencryption = { sealed: 0, lost: [] };
  for (let pass = 0; pass < maxPasses; pass++) {
    const { sealed, lost, lostTokens } = await reencryptOnce(keys);
    result.sealed += sealed;
    result.lost = lost;
    // What was sealed by an edit beside this pass is found by the next one.
    if (sealed === 0) return finish(by, keys, result, lostTokens);
  }
  return finish(by, keys, result, 0);
}

async function reencryptOnce(keys: readonly EncryptionKey[]) {
  const found = { sealed: 0, lost: [] as LostSecret[], lostTokens: 0 };
  for (const column of envelopeColumns) {
    for await (const stored of readEnvelopes(column, notSealedWith(column, keys[0]!.kid))) {
      const secret = tryOpen(stored, keys);
      if (secret !== null) {
        if (await column.replace(stored, sealSecret(secret, stored.aad, keys))) found.sealed++;
      } else if (stored.owner) found.lost.push(toLost(stored, stored.owner, keys));
      else found.lostTokens++;
    }
  }
  return found;
}

/** Envelopes that don't name a key. */
export function notSealedWith({ column }: EnvelopeColumn, kid: string) {
  return not(sql`(starts_with(${column}, ${`v1.${kid}.`}) or starts_with(${column}, ${`v2.${kid}.`}))`);
}

/** Processes keep envelopes of transports in memory; they read them anew, so that an old key can be taken away. */
async function finish(
  by: ActedBy,
  keys: readonly EncryptionKey[],
  result: Reencryption,
  lostTokens: number,
): Promise<Reencryption> {
  await inTransaction(async (tx) => {
    const kid = keys[0]!.kid;
    const after = { sealed: result.sealed, unreadable: result.lost.length, unreadableTokens: lostTokens };
    await recordAudit(tx, by, {
      action: "encryption_key.reencrypt",
      target: { kind: "encryption_key", id: kid, name: kid },
      after,
    });
    await bumpChanges(tx);
  });
  return result;
}
