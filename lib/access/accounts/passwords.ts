import { eq } from "drizzle-orm";
import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { endSessionsOf } from "#lib/access/sessions/sessions.ts";
import { clearAccount } from "#lib/access/sessions/throttle.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { AppError, invalidInput, notFound } from "#lib/platform/errors/app-error.ts";
import { requirePerson } from "./own-account.ts";
import { checkNewPassword } from "./passwords/check-new-password.ts";
import { generatePassword, hashPassword } from "./passwords/password-hash.ts";
import { requireOwnPassword } from "./passwords/require-own-password.ts";
import type { OwnPasswordInput, PasswordReset } from "./schema.ts";
import { findUser } from "./user-store.ts";

/**
 * Gives a local account a new password, given or made up, that must be changed at the next sign-in; ends the user's
 * sessions and lifts a block after failed attempts.
 * @returns the password if it was made up: this is the only time that it is told.
 * @throws AppError `forbidden`, `not_found`, `invalid_input`, `conflict` for an account without a password here.
 */
export async function resetPassword(
  ctx: Context,
  id: string,
  input: PasswordReset,
): Promise<{ password: string | null }> {
  requirePermission(ctx, "users.write");
  const user = await findUser(getDb(), id);
  if (!user) throw notFound("user", id);
  if (user.issuer !== null) {
    throw new AppError("conflict", `${user.username} signs in at ${user.issuer} and has no password here.`);
  }
  if (input.password) await checkNewPassword(input.password, user.username, "password");
  const generated = input.password ? null : generatePassword();
  const passwordHash = await hashPassword(input.password || (generated as string));
  await inTransaction(async (tx) => {
    const values = { passwordHash, passwordSetAt: new Date(), mustChangePassword: true };
    await tx.update(users).set(values).where(eq(users.id, id));
    const ended = await endSessionsOf(tx, id, "password reset");
    await recordAudit(tx, ctx, {
      action: "user.reset_password",
      target: { kind: "user", id, name: user.username },
      after: { mustChangePassword: true, sessionsEnded: ended },
    });
  });
  await clearAccount(id);
  return { password: generated };
}

/**
 * Changes one's own password; the other sessions end. Attempts at the current password are throttled like sign-ins.
 * @throws AppError `too_many_attempts`, `wrong_password` (field currentPassword), `invalid_input` (field newPassword)
 */
export async function changeOwnPassword(
  ctx: Context,
  input: OwnPasswordInput,
  now = new Date(),
): Promise<{ sessionsEnded: number }> {
  const actor = requirePerson(ctx);
  const user = await requireOwnPassword(actor.id, input.currentPassword, now);
  if (input.newPassword === input.currentPassword) {
    throw invalidInput([{ field: "newPassword", message: "The password must differ from the current one." }]);
  }
  await checkNewPassword(input.newPassword, user.username, "newPassword");
  const passwordHash = await hashPassword(input.newPassword);
  return inTransaction(async (tx) => {
    const values = { passwordHash, passwordSetAt: now, mustChangePassword: false };
    await tx.update(users).set(values).where(eq(users.id, user.id));
    const sessionsEnded = await endSessionsOf(tx, user.id, "password changed", { except: actor.sessionId, now });
    await recordAudit(tx, ctx, {
      action: "user.change_password",
      target: { kind: "user", id: user.id, name: user.username },
      after: { sessionsEnded },
    });
    return { sessionsEnded };
  });
}
