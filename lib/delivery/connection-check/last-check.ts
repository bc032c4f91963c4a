import { eq } from "drizzle-orm";
import { credentialChecks } from "#drizzle/schema/credential-checks.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { readVisible } from "#lib/oauth/credentials/visible.ts";
import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";

/** The last check of a credential, step by step. */
export type LastCheck = {
  credentialVersion: number;
  /** ISO time. */
  at: string;
  /** By whom. */
  cause: string;
  steps: CheckStep[];
  /** The text for the IT team. */
  report: string;
};

/** Keeps a check as the last one. Nothing happens when the credential is gone meanwhile. */
export async function keepLastCheck(credentialId: string, check: Omit<LastCheck, "at">, at: Date): Promise<void> {
  const { credentialVersion, cause, steps, report } = check;
  const values = { credentialVersion, at, cause, steps, report };
  await inTransaction(async (tx) => {
    const alive = await tx
      .select({ id: credentials.id })
      .from(credentials)
      .where(eq(credentials.id, credentialId))
      .for("key share");
    if (alive.length === 0) return;
    await tx
      .insert(credentialChecks)
      .values({ credentialId, ...values })
      .onConflictDoUpdate({ target: credentialChecks.credentialId, set: values });
  });
}

/**
 * Reads the last check of a credential; null when it was never checked.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getLastCheck(ctx: Context, credentialId: string): Promise<LastCheck | null> {
  await readVisible(getDb(), ctx, credentialId);
  const [row] = await getDb().select().from(credentialChecks).where(eq(credentialChecks.credentialId, credentialId));
  if (!row) return null;
  const { credentialVersion, at, cause, steps, report } = row;
  return { credentialVersion, at: at.toISOString(), cause, steps, report };
}
