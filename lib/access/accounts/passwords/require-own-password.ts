import { eq } from "drizzle-orm";
import { users } from "#drizzle/schema/users.ts";
import { clearAttempts, takeAttempt } from "#lib/access/sessions/throttle.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { verifyPassword } from "./password-hash.ts";

/**
 * Asks a person for the password once more, before what a borrowed browser must not do. Attempts are throttled like
 * sign-ins.
 * @returns the user's row.
 * @throws AppError `too_many_attempts`, `wrong_password` (field currentPassword), `conflict` without a password here.
 */
export async function requireOwnPassword(userId: string, password: string, now: Date) {
  await takeAttempt("password", userId, now);
  const [user] = await getDb().select().from(users).where(eq(users.id, userId));
  if (user && user.passwordHash === null) {
    throw new AppError("conflict", `${user.username} signs in at ${user.issuer} and has no password here.`);
  }
  if (!(await verifyPassword(user?.passwordHash ?? null, password)) || !user) {
    const message = "This is not your current password.";
    throw new AppError("wrong_password", message, { fields: [{ field: "currentPassword", message }] });
  }
  await clearAttempts("password", userId);
  return user;
}
