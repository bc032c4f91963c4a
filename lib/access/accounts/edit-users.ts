import { eq } from "drizzle-orm";
import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { Grant } from "#lib/access/permissions/permissions.ts";
import { endSessionsOf } from "#lib/access/sessions/sessions.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { dropUndefined } from "#lib/platform/definitions/rows.ts";
import { AppError, invalidInput, notFound } from "#lib/platform/errors/app-error.ts";
import { lockAdmins, requireAnAdmin } from "./admins.ts";
import type { UserDetail } from "./definition.ts";
import { checkNewPassword } from "./passwords/check-new-password.ts";
import { generatePassword, hashPassword } from "./passwords/password-hash.ts";
import type { UserFields, UserUpdate } from "./schema.ts";
import { findUser, replaceRoles, toUserAudit, toUserDetail, type UserRow } from "./user-store.ts";

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

/**
 * Changes a user's name, roles or whether the account is disabled; what is left out stays. Takes effect with the user's
 * next request; disabling ends the sessions.
 * @param update parsed by `userUpdate`.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `conflict` when no enabled admin for all nodes would be left.
 */
export async function updateUser(ctx: Context, id: string, update: UserUpdate): Promise<UserDetail> {
  requirePermission(ctx, "users.write");
  return inTransaction(async (tx) => {
    await lockAdmins(tx);
    const before = await findUser(tx, id, true);
    if (!before) throw notFound("user", id);
    if (before.version !== update.version) {
      const current = { ...(await toUserDetail(tx, before)), name: before.username };
      throw await refuseStaleEdit(tx, { kind: "user", id }, update.version, current);
    }
    if (before.issuer !== null && update.roles && !sameRoles(update.roles, before.roles)) {
      const message = "The roles of this person come from the provider, through the role mapping of the credential.";
      throw invalidInput([{ field: "roles", message }]);
    }
    const { version, roles, ...columns } = update;
    await tx
      .update(users)
      .set({ ...dropUndefined(columns), version: version + 1, updatedAt: new Date() })
      .where(eq(users.id, id));
    if (roles && before.issuer === null) await replaceRoles(tx, id, roles);
    if (update.disabled && !before.disabled) await endSessionsOf(tx, id, "account disabled");
    await requireAnAdmin(tx);
    const after = (await findUser(tx, id)) as UserRow;
    await recordAudit(tx, ctx, {
      action: "user.update",
      target: { kind: "user", id, name: after.username },
      before: toUserAudit(before),
      after: toUserAudit(after),
    });
    return toUserDetail(tx, after);
  });
}

function sameRoles(asked: readonly Grant[], current: readonly Grant[]): boolean {
  const describeGrants = (grants: readonly Grant[]) =>
    JSON.stringify(grants.map(({ role, nodeId }) => [role, nodeId]).sort());
  return describeGrants(asked) === describeGrants(current);
}

/**
 * Deletes a user and the sessions; what the user did stays in the audit log.
 * @throws AppError `forbidden`, `not_found`, `conflict` when no enabled admin for all nodes would be left.
 */
export async function deleteUser(ctx: Context, id: string): Promise<void> {
  requirePermission(ctx, "users.write");
  await inTransaction(async (tx) => {
    await lockAdmins(tx);
    const before = await findUser(tx, id, true);
    if (!before) throw notFound("user", id);
    await tx.delete(users).where(eq(users.id, id));
    await requireAnAdmin(tx);
    await recordAudit(tx, ctx, {
      action: "user.delete",
      target: { kind: "user", id, name: before.username },
      before: toUserAudit(before),
    });
  });
}
