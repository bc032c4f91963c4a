import { and, eq, isNull, sql } from "drizzle-orm";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

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
