import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import type { CredentialDetail } from "./model.ts";
import { findCredential, findUses, toConfiguration } from "./store.ts";

/**
 * Reads one credential, without secrets, with the transports that use it and that the reader may see.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getCredential(ctx: Context, id: string): Promise<CredentialDetail> {
  requirePermission(ctx, "credentials.read");
  const row = await findCredential(getDb(), id);
  if (!row) throw notFound("credential", id);
  return { ...toConfiguration(row), usedBy: await findUses(getDb(), id, ctx.grants) };
}
