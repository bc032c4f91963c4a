import { and, eq, isNotNull, isNull, lt, lte, notLike, or } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import {
  dayMs,
  endedWords,
  soonestExpiry,
  statusOfWorking,
  warningDays,
} from "#lib/oauth/credentials/secret-expiry.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";

/** How many are looked at in one go. */
const limit = 500;

/**
 * Gives working credentials the status that the end of their secret or certificate calls for, without anyone asking: 30
 * days ahead it is `expiring`; when the end has come that is said, and the provider is asked at once whether it still takes
 * the secret. Several workers may do so at once.
 * @returns how many changed.
 */
export async function sweepSecretEnds(now: Date): Promise<number> {
  const { status, secretEndsAt, statusReason } = credentials;
  const rows = await getDb()
    .select()
    .from(credentials)
    .where(
      or(
        and(eq(status, "active"), lt(secretEndsAt, new Date(now.getTime() + (warningDays + 1) * dayMs))),
        and(eq(status, "expiring"), lte(secretEndsAt, now), notLike(statusReason, `%${endedWords}%`)),
      ),
    )
    .limit(limit);
  let changed = 0;
  for (const row of rows) {
    const hasEnded = (soonestExpiry(row)?.at ?? now) <= now;
    await inTransaction(async (tx) => {
      const asks = hasEnded && row.type === "application";
      const { rowCount } = await tx
        .update(credentials)
        .set({ ...statusOfWorking(row, now), ...(asks ? { nextCheckAt: now } : {}) })
        .where(and(eq(credentials.id, row.id), eq(credentials.version, row.version), eq(status, row.status)));
      changed += rowCount ?? 0;
      // The token in hand serves on; only the next one is asked for now.
      if (asks && rowCount) await tx.update(tokens).set({ renewAt: now }).where(eq(tokens.credentialId, row.id));
    });
  }
  return changed;
}

/**
 * Notes the ends of certificates that were stored before their ends were noted.
 * @returns how many.
 */
export async function fillSecretEnds(): Promise<number> {
  const { id, clientAuthentication, presentCertificate, secretExpiresOn, certificate, secretEndsAt } = credentials;
  const rows = await getDb()
    .select({ id, clientAuthentication, presentCertificate, secretExpiresOn, certificate })
    .from(credentials)
    .where(and(isNotNull(certificate), isNull(secretEndsAt)));
  let filled = 0;
  for (const row of rows) {
    const end = soonestExpiry(row);
    if (!end) continue;
    await getDb()
      .update(credentials)
      .set({ secretEndsAt: end.at })
      .where(and(eq(id, row.id), isNull(secretEndsAt)));
    filled++;
  }
  return filled;
}
