import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { checkNewPassword } from "./check-new-password.ts";
import type { UserDetail } from "./definition.ts";
import { generatePassword, hashPassword } from "./password-hash.ts";
import type { UserFields } from "./schema.ts";
import { findUser, replaceRoles, toUserAudit, toUserDetail } from "./user-store.ts";

/**
 * Makes a local account.
 * @param input parsed by `userInput`.
 * @returns the user, and the password if it was made up: this is the only time that it is told.
 * @throws AppError `forbidden`, `name_taken`, `invalid_input` for a node that doesn't exist.
 */
export async function createUser(
  ctx: Context,
  input: UserFields,
): Promise<{ user: UserDetail; password: string | null }> {
  requirePermission(ctx, "users.write");
  if (input.password) await checkNewPassword(input.password, input.username, "password");
  const generated = input.password ? null : generatePassword();
  const passwordHash = await hashPassword(input.password || (generated as string));
  const mustChangePassword = input.mustChangePassword ?? generated !== null;
  const { username, displayName } = input;
  const values = { username, displayName, passwordHash, mustChangePassword, passwordSetAt: new Date() };
  return inTransaction(async (tx) => {
    const [made] = await tx.insert(users).values(values).returning({ id: users.id });
    await replaceRoles(tx, made!.id, input.roles);
    const row = await findUser(tx, made!.id);
    await recordAudit(tx, ctx, {
      action: "user.create",
      target: { kind: "user", id: row!.id, name: username },
      after: toUserAudit(row!),
    });
    return { user: await toUserDetail(tx, row!), password: generated };
  }).catch((err) => {
    if (findViolation(err)?.kind !== "unique") throw err;
    const message = `There is already a user named ${username}.`;
    throw new AppError("name_taken", message, { fields: [{ field: "username", message }], cause: err });
  });
}
