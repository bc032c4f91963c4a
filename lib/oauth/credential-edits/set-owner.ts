import { eq } from "drizzle-orm";
import type { z } from "zod";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { commonFields } from "#lib/oauth/credentials/definition.ts";
import { credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { updateCredential } from "./update-credential.ts";

type Owner = { [K in "owner" | "ownerEmail"]: z.output<(typeof commonFields)[K]> };

/**
 * Gives a credential another owner, whatever else was changed since the caller read it.
 * @throws AppError `forbidden`, `not_found`, `stale_version` if someone edits it at this moment
 */
export async function setOwner(ctx: Context, id: string, owner: Owner): Promise<void> {
  requirePermission(ctx, "credentials.write");
  const [row] = await getDb().select({ version: credentials.version }).from(credentials).where(eq(credentials.id, id));
  if (!row) throw notFound("credential", id);
  await updateCredential(ctx, id, credentialUpdate.parse({ version: row.version, ...owner }));
}
