import { eq } from "drizzle-orm";
import { recoveryCodes } from "#drizzle/schema/recovery-codes.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { totpFactors } from "#drizzle/schema/totp-factors.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import {
  buildTotpUri,
  findTotpStep,
  generateRecoveryCodes,
  generateTotpSecret,
  hashRecoveryCode,
} from "#lib/access/second-factor/totp.ts";
import { findSecondFactor } from "#lib/access/second-factor/verify-second-factor.ts";
import { endSessionsOf } from "#lib/access/sessions/sessions.ts";
import { clearAttempts, takeAttempt } from "#lib/access/sessions/throttle.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { totpAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { AppError, notFound } from "#lib/platform/errors/app-error.ts";
import { requirePerson } from "./own-account.ts";
import { requireOwnPassword } from "./passwords/require-own-password.ts";
import { findUser } from "./user-store.ts";

/**
 * Begins to set up an authenticator app: makes a secret, which is told this once and counts when a code from it came back.
 * Beginning again replaces a secret that was never confirmed.
 * @throws AppError `wrong_password`, `too_many_attempts`, `conflict` when one is set up already or the password is not here.
 */
export async function beginTotp(
  ctx: Context,
  input: { currentPassword: string },
  now = new Date(),
): Promise<{ secret: string; uri: string }> {
  const user = await requireOwnPassword(requirePerson(ctx).id, input.currentPassword, now);
  if (await findSecondFactor(getDb(), user.id)) {
    throw new AppError("conflict", "An authenticator app is set up already.", { hint: "Remove it first." });
  }
  const secret = generateTotpSecret();
  const values = { secretEnvelope: sealSecret(secret, totpAad(user.id)), createdAt: now, lastUsedStep: 0 };
  await inTransaction((tx) =>
    tx
      .insert(totpFactors)
      .values({ userId: user.id, ...values })
      .onConflictDoUpdate({ target: totpFactors.userId, set: values }),
  );
  return { secret, uri: buildTotpUri(secret, user.username) };
}

/**
 * Finishes it with a code from the app: this session counts as one with a second factor, the others end.
 * @returns the recovery codes: this is the only time that they are told.
 * @throws AppError `wrong_code` (field code), `too_many_attempts`, `conflict` when nothing was begun.
 */
export async function confirmTotp(
  ctx: Context,
  input: { code: string },
  now = new Date(),
): Promise<{ recoveryCodes: string[] }> {
  const actor = requirePerson(ctx);
  await takeAttempt("second_factor", actor.id, now);
  const codes = await inTransaction(async (tx) => {
    const [factor] = await tx.select().from(totpFactors).where(eq(totpFactors.userId, actor.id)).for("update");
    if (!factor || factor.confirmedAt) {
      throw new AppError("conflict", "There is no authenticator app to confirm.", { hint: "Begin again." });
    }
    const step = findTotpStep(openSecret(factor.secretEnvelope, totpAad(actor.id)), input.code, now);
    if (step === null) {
      const message = "This is not the code that the app should show now. Compare the clock of the phone.";
      throw new AppError("wrong_code", message, { fields: [{ field: "code", message }] });
    }
    await tx.update(totpFactors).set({ confirmedAt: now, lastUsedStep: step }).where(eq(totpFactors.userId, actor.id));
    const made = await replaceRecoveryCodes(tx, actor.id);
    await tx.update(sessions).set({ mfa: true, mfaMethod: "totp" }).where(eq(sessions.id, actor.sessionId));
    const reason = "second factor set up";
    const sessionsEnded = await endSessionsOf(tx, actor.id, reason, { except: actor.sessionId, now });
    const target = { kind: "user", id: actor.id, name: actor.name };
    await recordAudit(tx, ctx, { action: "user.set_second_factor", target, after: { kind: "totp", sessionsEnded } });
    return made;
  });
  await clearAttempts("second_factor", actor.id);
  return { recoveryCodes: codes };
}

/**
 * Makes new recovery codes; the old ones stop working.
 * @throws AppError `wrong_password`, `too_many_attempts`, `conflict` without a second factor.
 */
export async function renewRecoveryCodes(
  ctx: Context,
  input: { currentPassword: string },
  now = new Date(),
): Promise<{ recoveryCodes: string[] }> {
  const actor = requirePerson(ctx);
  await requireOwnPassword(actor.id, input.currentPassword, now);
  return inTransaction(async (tx) => {
    if (!(await findSecondFactor(tx, actor.id))) {
      throw new AppError("conflict", "Recovery codes belong to an authenticator app.", { hint: "Set one up first." });
    }
    const target = { kind: "user", id: actor.id, name: actor.name };
    await recordAudit(tx, ctx, { action: "user.renew_recovery_codes", target });
    return { recoveryCodes: await replaceRecoveryCodes(tx, actor.id) };
  });
}

/**
 * Removes one's own second factor; none of one's sessions counts as one with a second factor any more.
 * @throws AppError `wrong_password`, `too_many_attempts`
 */
export async function removeOwnSecondFactor(
  ctx: Context,
  input: { currentPassword: string },
  now = new Date(),
): Promise<void> {
  const actor = requirePerson(ctx);
  await requireOwnPassword(actor.id, input.currentPassword, now);
  await inTransaction(async (tx) => {
    if (!(await deleteSecondFactor(tx, actor.id))) return;
    await tx.update(sessions).set({ mfa: false, mfaMethod: null }).where(eq(sessions.userId, actor.id));
    const target = { kind: "user", id: actor.id, name: actor.name };
    await recordAudit(tx, ctx, { action: "user.remove_second_factor", target });
  });
}

/**
 * Removes a user's second factor, for who lost the phone and the recovery codes; the sessions end.
 * @throws AppError `forbidden`, `not_found`, `conflict` when there is none.
 */
export async function resetSecondFactor(ctx: Context, userId: string): Promise<void> {
  requirePermission(ctx, "users.write");
  await inTransaction(async (tx) => {
    const user = await findUser(tx, userId, true);
    if (!user) throw notFound("user", userId);
    if (!(await deleteSecondFactor(tx, userId))) {
      throw new AppError("conflict", `${user.username} has no second factor here.`);
    }
    const sessionsEnded = await endSessionsOf(tx, userId, "second factor removed");
    const target = { kind: "user", id: userId, name: user.username };
    await recordAudit(tx, ctx, { action: "user.remove_second_factor", target, after: { sessionsEnded } });
  });
  await clearAttempts("second_factor", userId);
}

async function deleteSecondFactor(tx: Transaction, userId: string): Promise<boolean> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  const deleted = await tx.delete(totpFactors).where(eq(totpFactors.userId, userId)).returning();
  return deleted.some(({ confirmedAt }) => confirmedAt !== null);
}

async function replaceRecoveryCodes(tx: Transaction, userId: string): Promise<string[]> {
  // Whoever renews at the same moment waits here, so that just one set stays.
  await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("update");
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  const codes = generateRecoveryCodes();
  await tx.insert(recoveryCodes).values(codes.map((code) => ({ userId, codeHash: hashRecoveryCode(userId, code) })));
  return codes;
}
