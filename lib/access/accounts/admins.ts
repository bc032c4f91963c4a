import { and, eq, isNull, sql } from "drizzle-orm";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { findNewPasswordFault } from "./passwords/check-new-password.ts";
import { generatePassword, hashPassword } from "./passwords/password-hash.ts";

/** "ADMIN" as a number. A lock of the transaction, so it holds behind pgbouncer too. */
const lockKey = 6568737378;

/** Lets one transaction at a time change who is an admin; taken before the change and held until its end. */
export async function lockAdmins(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey})`);
}

/**
 * Refuses a change that left no enabled local admin for all nodes (one who signs in at a provider depends on that and on
 * the claims that come from there); call it after the change, in its transaction, under
 * `lockAdmins`.
 * @throws AppError `conflict`
 */
export async function requireAnAdmin(tx: Transaction): Promise<void> {
  const left = await tx
    .select({ id: users.id })
    .from(users)
    .innerJoin(userRoles, eq(userRoles.userId, users.id))
    .where(and(eq(userRoles.role, "admin"), isNull(userRoles.nodeId), eq(users.disabled, false), isNull(users.issuer)))
    .limit(1);
  if (left.length > 0) return;
  throw new AppError("conflict", "This is the last enabled admin for all nodes.", {
    hint: "Make somebody else with a Sallyport password an admin for all nodes first.",
  });
}

/**
 * Makes the first admin if there is none, from `SALLYPORT_ADMIN_USERNAME` and `SALLYPORT_ADMIN_PASSWORD`; a password
 * that had to be made up is told once, to the start script or on the console. Several processes may start at once.
 * @throws AppError `configuration_invalid`
 */
export async function ensureFirstAdmin(): Promise<void> {
  const { SALLYPORT_ADMIN_USERNAME: username, SALLYPORT_ADMIN_PASSWORD: given } = getEnv();
  const fault = given === undefined ? null : await findNewPasswordFault(given, username);
  if (fault) throw new AppError("configuration_invalid", `SALLYPORT_ADMIN_PASSWORD ${fault}.`);
  const password = given ?? generatePassword();
  const created = await inTransaction((tx) => createFirstAdmin(tx, username, password));
  if (created && given === undefined) announce(username, password);
}

async function createFirstAdmin(tx: Transaction, username: string, password: string): Promise<boolean> {
  await lockAdmins(tx);
  const isAdmin = and(eq(userRoles.role, "admin"), isNull(userRoles.nodeId));
  const admins = await tx.select({ id: userRoles.id }).from(userRoles).where(isAdmin).limit(1);
  if (admins.length > 0) return false;
  const [taken] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(sql`lower(${users.username})`, sql`lower(${username})`), isNull(users.issuer)));
  if (taken) {
    throw new AppError(
      "configuration_invalid",
      `There is no admin, and the username ${username} of SALLYPORT_ADMIN_USERNAME belongs to somebody else. Set another one.`,
    );
  }
  const values = { username, passwordHash: await hashPassword(password), passwordSetAt: new Date() };
  const [user] = await tx.insert(users).values(values).returning({ id: users.id });
  await tx.insert(userRoles).values({ userId: user!.id, role: "admin", nodeId: null });
  await recordAudit(tx, systemContext("start"), {
    action: "user.create",
    target: { kind: "user", id: user!.id, name: username },
    after: { username, roles: ["admin, all nodes"] },
  });
  return true;
}

/** Not through the log: logs are collected and kept. */
function announce(username: string, password: string): void {
  if (process.send) process.send({ kind: "first-admin", username, password });
  else console.log(`The first admin is ${username} with the password ${password}. It is not shown again.`);
}
