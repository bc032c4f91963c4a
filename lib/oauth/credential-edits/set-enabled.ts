import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { endSessionsOfCredential } from "#lib/access/sessions/sessions.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { recordCredentialEvent } from "#lib/oauth/credentials/set-status.ts";
import {
  findCredential,
  findUses,
  firstCheckAt,
  publicColumns,
  toConfiguration,
} from "#lib/oauth/credentials/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { toAuditView } from "./audit-view.ts";
import { deleteTokens } from "./carry-tokens.ts";

/**
 * Turns a credential off (its tokens go, runs that need it fail with `credential_disabled`, who signed in with it is signed out) or on again (`unverified`).
 * Nothing happens when it is so already.
 * @throws AppError `forbidden`, `not_found`
 */
export async function setCredentialEnabled(ctx: Context, id: string, enabled: boolean): Promise<CredentialDetail> {
  requirePermission(ctx, "credentials.write");
  const now = new Date();
  return inTransaction(async (tx) => {
    const row = await findCredential(tx, id, true);
    if (!row) throw notFound("credential", id);
    const before = toConfiguration(row);
    const usedBy = await findUses(tx, id);
    if (row.enabled === enabled) return { ...before, usedBy };
    const version = row.version + 1;
    const [saved] = await tx
      .update(credentials)
      .set({
        enabled,
        version,
        updatedAt: now,
        status: enabled ? "unverified" : "disabled",
        statusReason: enabled ? "Enabled again, not checked yet." : `Disabled by ${ctx.actor.name}.`,
        statusField: null,
        errorCode: null,
        providerCode: null,
        failingSince: null,
        unexplainedSince: null,
        failures: 0,
        tokenExpiresAt: null,
        nextCheckAt: enabled && row.type === "application" ? firstCheckAt(now) : null,
        workedVersion: row.workedVersion === row.version ? version : row.workedVersion,
      })
      .where(eq(credentials.id, id))
      .returning(publicColumns);
    await deleteTokens(tx, id);
    if (!enabled) await endSessionsOfCredential(tx, id, "credential profile disabled");
    const after = toConfiguration(saved!);
    const description = enabled ? "Enabled." : "Disabled.";
    const event = { credentialId: id, credentialVersion: version, kind: "status", outcome: "succeeded" } as const;
    await recordCredentialEvent({ ...event, cause: ctx.actor.name, durationMs: 0, description }, tx);
    await recordAudit(tx, ctx, {
      action: enabled ? "credential.enable" : "credential.disable",
      target: { kind: "credential", id, name: after.name },
      before: toAuditView(before),
      after: toAuditView(after),
    });
    await bumpChanges(tx);
    return { ...after, usedBy };
  });
}
