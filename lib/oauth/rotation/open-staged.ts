import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { describeSealed, findSealed, openSealed } from "#lib/oauth/credentials/open-credential.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { nothingStaged, unusable } from "./staging/errors.ts";
import { openSlot } from "./staging/store.ts";
import { findObstacle, markOf, withSlot } from "./staging/validate-staged.ts";

/** A credential as it would be with its staged secret in force, opened, and what a test of it is noted with. */
export type StagedClient = { client: OpenCredential; secretId: string; mark: string };

/**
 * Opens a credential with its staged secret in place of the present one, which is not opened: it may be the one whose key
 * is lost. Asks nobody for permission.
 * @throws AppError `not_found`, `conflict` (nothing is staged, or it can't be used any more), `secret_unreadable`
 */
export async function openStaged(id: string): Promise<StagedClient> {
  // Read once: the endpoint that the staged one is judged by is the one that it is sent to.
  const row = await findSealed(getDb(), id);
  const slot = await openSlot(getDb(), row, "staged");
  if (!slot) throw nothingStaged(row.name);
  const configuration = describeSealed(row);
  const obstacle = findObstacle(slot.row, configuration);
  if (obstacle) throw unusable("staged", row.name, obstacle);
  const { clientSecret, privateKey } = slot;
  const { certificate, secretExpiresOn } = withSlot(configuration, slot.row);
  const opened = openSealed({
    ...row,
    clientSecretEnvelope: clientSecret === undefined ? row.clientSecretEnvelope : null,
    privateKeyEnvelope: privateKey === undefined ? row.privateKeyEnvelope : null,
    certificate,
    secretExpiresOn,
  });
  const client = {
    ...opened,
    clientSecret: clientSecret ?? opened.clientSecret,
    privateKey: privateKey ?? opened.privateKey,
  };
  return { client, secretId: slot.row.secretId, mark: markOf(configuration, slot.row) };
}
