import { eq } from "drizzle-orm";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { endSessionsOfCredential } from "#lib/access/sessions/sessions.ts";
import type { CredentialUse } from "#lib/oauth/credentials/model.ts";
import { findCredential, findUses, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { AppError, notFound } from "#lib/platform/errors/app-error.ts";
import { toAuditView } from "./audit-view.ts";

/**
 * Deletes a credential with its tokens, event log and the sessions made with it, unless a transport uses it. The foreign key has the last word, so a
 * transport that is saved at the same moment is not left without its credential.
 * @throws AppError `forbidden`, `not_found`, `in_use` with details `{usedBy}`
 */
export async function deleteCredential(ctx: Context, id: string): Promise<void> {
  requirePermission(ctx, "credentials.write");
  let name = "";
  try {
    await inTransaction(async (tx) => {
      const row = await findCredential(tx, id, true);
      if (!row) throw notFound("credential", id);
      name = row.name;
      await endSessionsOfCredential(tx, id, "credential profile deleted");
      await tx.delete(credentials).where(eq(credentials.id, id));
      await tx.delete(credentialEvents).where(eq(credentialEvents.credentialId, id));
      const target = { kind: "credential", id, name };
      await recordAudit(tx, ctx, { action: "credential.delete", target, before: toAuditView(toConfiguration(row)) });
      await bumpChanges(tx);
    });
  } catch (err) {
    if (findViolation(err)?.kind !== "foreign_key") throw err;
    throw inUse(name, await findUses(getDb(), id), err);
  }
}

function inUse(name: string, usedBy: CredentialUse[], cause: unknown): AppError {
  const uses = usedBy.length === 1 ? "1 transport uses" : `${usedBy.length} transports use`;
  return new AppError("in_use", `“${name}” can't be deleted: ${uses} it.`, {
    hint: "Give these transports another authorization first.",
    details: { usedBy },
    cause,
  });
}
