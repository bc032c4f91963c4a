import { and, eq, inArray } from "drizzle-orm";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import type { Successor } from "#lib/oauth/credentials/rotation-model.ts";
import { publicColumns, type Reader, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { endOf, toTest } from "./get-rotation.ts";
import { openColumns } from "./staging/store.ts";
import { findObstacle } from "./staging/validate-staged.ts";

/**
 * Which of some credentials have the next secret or certificate staged already, in one query however many they are. What
 * can't be used with the credential as it is configured now is nobody's successor.
 * @returns by the credential's id; without those that have none.
 */
export async function readSuccessors(reader: Reader, ids: readonly string[]): Promise<Map<string, Successor>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .select({ slot: openColumns, credential: publicColumns })
    .from(credentialSecrets)
    .innerJoin(credentials, eq(credentials.id, credentialSecrets.credentialId))
    .where(and(eq(credentialSecrets.slot, "staged"), inArray(credentialSecrets.credentialId, [...new Set(ids)])));
  const found = new Map<string, Successor>();
  for (const { slot, credential: row } of rows) {
    const credential = toConfiguration(row);
    if (findObstacle(slot, credential) !== null) continue;
    const test = toTest(slot, credential);
    found.set(row.id, {
      what: slot.clientSecretSetAt === null ? "certificate" : "client secret",
      endsAt: endOf(slot, credential),
      stagedAt: slot.placedAt.toISOString(),
      test: test === null || test.outdated ? "none" : test.passed ? "passed" : "failed",
    });
  }
  return found;
}
