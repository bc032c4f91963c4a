import { and, count, eq, isNotNull, isNull, lt } from "drizzle-orm";
import { recoveryCodes } from "#drizzle/schema/recovery-codes.ts";
import { totpFactors } from "#drizzle/schema/totp-factors.ts";
import { clearAttempts, takeAttempt } from "#lib/access/sessions/throttle.ts";
import { totpAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { type Database, getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { findTotpStep, hashRecoveryCode, looksLikeRecoveryCode } from "./totp.ts";

/** How a second factor was verified, as sessions and the audit log have it. */
export type LocalFactor = "totp" | "recovery code";

/** The authenticator app of a local account, null when none is set up. */
export async function findSecondFactor(db: Database | Transaction, userId: string) {
  const [factor] = await db
    .select({ confirmedAt: totpFactors.confirmedAt })
    .from(totpFactors)
    .where(and(eq(totpFactors.userId, userId), isNotNull(totpFactors.confirmedAt)));
  if (!factor?.confirmedAt) return null;
  const [left] = await db
    .select({ codes: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)));
  return { setAt: factor.confirmedAt.toISOString(), recoveryCodesLeft: left?.codes ?? 0 };
}

/**
 * Takes a code of the authenticator app or a recovery code; each is good for once, over all processes. Attempts are
 * throttled per user.
 * @returns which of the two it was.
 * @throws AppError `too_many_attempts`, `wrong_code`
 */
export async function takeSecondFactor(userId: string, code: string, now = new Date()): Promise<LocalFactor> {
  await takeAttempt("second_factor", userId, now);
  const taken = looksLikeRecoveryCode(code)
    ? await takeRecoveryCode(userId, code, now)
    : await takeTotpCode(userId, code, now);
  if (!taken) {
    const message = "This code is wrong, used already, or too old.";
    throw new AppError("wrong_code", message, {
      hint: "Type the code that the app shows now, and compare the clock of the phone.",
      fields: [{ field: "code", message }],
    });
  }
  await clearAttempts("second_factor", userId);
  return taken;
}

async function takeTotpCode(userId: string, code: string, now: Date): Promise<LocalFactor | null> {
  const [factor] = await getDb()
    .select()
    .from(totpFactors)
    .where(and(eq(totpFactors.userId, userId), isNotNull(totpFactors.confirmedAt)));
  if (!factor) return null;
  const step = findTotpStep(openSecret(factor.secretEnvelope, totpAad(userId)), code, now);
  if (step === null) return null;
  const taken = await getDb()
    .update(totpFactors)
    .set({ lastUsedStep: step })
    .where(and(eq(totpFactors.userId, userId), lt(totpFactors.lastUsedStep, step), isNotNull(totpFactors.confirmedAt)))
    .returning({ userId: totpFactors.userId });
  return taken.length > 0 ? "totp" : null;
}

async function takeRecoveryCode(userId: string, code: string, now: Date): Promise<LocalFactor | null> {
  const taken = await inTransaction((tx) =>
    tx
      .update(recoveryCodes)
      .set({ usedAt: now })
      .where(
        and(
          eq(recoveryCodes.userId, userId),
          eq(recoveryCodes.codeHash, hashRecoveryCode(userId, code)),
          isNull(recoveryCodes.usedAt),
        ),
      )
      .returning({ id: recoveryCodes.id }),
  );
  return taken.length > 0 ? "recovery code" : null;
}
