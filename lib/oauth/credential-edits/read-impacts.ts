import { and, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { schedules } from "#drizzle/schema/schedules.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { isVisible } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";

/** What depends on a credential, in numbers; `sessions` counts the users who are signed in with it. */
export type CredentialImpact = {
  id: string;
  name: string;
  transports: number;
  triggers: number;
  sessions: number;
  /** ISO time of the next run of a schedule. */
  nextDueAt: string | null;
};

/**
 * Reads what a change of several credentials touches, by name. Credentials that the reader can't see are left out.
 * @throws AppError `forbidden`
 */
export async function readImpacts(ctx: Context, ids: readonly string[], now = new Date()): Promise<CredentialImpact[]> {
  requirePermission(ctx, "credentials.read");
  const db = getDb();
  const using = db.select({ id: transports.id }).from(transports).where(eq(transports.credentialId, credentials.id));
  const signedIn = and(
    eq(sessions.credentialId, credentials.id),
    isNull(sessions.revokedAt),
    gt(sessions.expiresAt, now),
  );
  const rows = await db
    .select({
      id: credentials.id,
      name: credentials.name,
      transports: sql<number>`${db.$count(transports, eq(transports.credentialId, credentials.id))}`.mapWith(Number),
      triggers: sql<number>`${db.$count(triggers, inArray(triggers.transportId, using))}`.mapWith(Number),
      sessions: sql<number>`${db.$count(sessions, signedIn)}`.mapWith(Number),
      nextDueAt: sql`(
        select min(${schedules.nextDueAt}) from ${schedules} join ${triggers} on ${triggers.id} = ${schedules.triggerId}
        where ${triggers.transportId} in ${using})`.mapWith(schedules.nextDueAt),
    })
    .from(credentials)
    .where(and(inArray(credentials.id, [...ids]), isVisible(ctx.grants)))
    .orderBy(sql`lower(${credentials.name})`, credentials.id);
  return rows.map((row) => ({ ...row, nextDueAt: (row.nextDueAt as Date | null)?.toISOString() ?? null }));
}
