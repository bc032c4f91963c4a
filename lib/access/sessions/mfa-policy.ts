import { and, countDistinct, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { roleDemands } from "#drizzle/schema/role-demands.ts";
import { totpFactors } from "#drizzle/schema/totp-factors.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { type Grant, type Role, roles } from "#lib/access/permissions/permissions.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { type Database, getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";

/** Of a role whether it demands a second factor, and whom that concerns. */
const roleDemand = z.object({
  role: z.enum(roles),
  demanded: z.boolean(),
  holders: z.int().meta({ description: "Enabled local accounts with this role." }),
  without: z.int().meta({ description: "Those of them without a second factor." }),
});
export type RoleDemand = z.output<typeof roleDemand>;

export const mfaPolicy = z.object({ requiredFor: z.array(z.enum(roles)), roles: z.array(roleDemand) });
type MfaPolicy = z.output<typeof mfaPolicy>;

/**
 * Which roles demand a second factor, and whom that concerns.
 * @throws AppError `forbidden`
 */
export async function getMfaPolicy(ctx: Context): Promise<MfaPolicy> {
  requirePermission(ctx, "users.read");
  return readPolicy(getDb());
}

/**
 * Decides which roles demand a second factor. It holds with the next request of everybody: a session without one reaches
 * only the account page, where one can be set up. API keys are no sessions.
 * @throws AppError `forbidden`
 */
export async function setMfaPolicy(ctx: Context, input: { requiredFor: readonly Role[] }): Promise<MfaPolicy> {
  requirePermission(ctx, "users.write");
  return inTransaction(async (tx) => {
    const before = await readDemands(tx);
    const after = roles.filter((role) => input.requiredFor.includes(role));
    if (before.join() !== after.join()) {
      await tx.delete(roleDemands);
      if (after.length > 0) await tx.insert(roleDemands).values(after.map((role) => ({ role })));
      await recordAudit(tx, ctx, {
        action: "mfa_policy.update",
        target: { kind: "mfa_policy", id: null, name: "Second factor" },
        before: { requiredFor: before },
        after: { requiredFor: after },
      });
    }
    return readPolicy(tx);
  });
}

/** The demanded roles, in the order of `roles`. */
async function readDemands(db: Database | Transaction): Promise<Role[]> {
  const rows = await db.select({ role: roleDemands.role }).from(roleDemands);
  return roles.filter((role) => rows.some((row) => row.role === role));
}

async function readPolicy(db: Database | Transaction) {
  const requiredFor = await readDemands(db);
  const counts = await db
    .select({
      role: userRoles.role,
      holders: countDistinct(users.id),
      without: countDistinct(sql`case when ${totpFactors.userId} is null then ${users.id} end`),
    })
    .from(userRoles)
    .innerJoin(users, eq(users.id, userRoles.userId))
    .leftJoin(totpFactors, and(eq(totpFactors.userId, users.id), isNotNull(totpFactors.confirmedAt)))
    .where(and(eq(users.disabled, false), isNull(users.issuer)))
    .groupBy(userRoles.role);
  return {
    requiredFor,
    roles: roles.map((role) => {
      const { holders = 0, without = 0 } = counts.find((row) => row.role === role) ?? {};
      return { role, demanded: requiredFor.includes(role), holders, without };
    }),
  };
}

/** The roles of a session that demand a second factor which it has not seen; pure. */
export function findMissingFactor(
  grants: readonly Grant[],
  session: { mfa: boolean; demanded: readonly Role[] },
): Role[] {
  if (session.mfa) return [];
  return roles.filter((role) => session.demanded.includes(role) && grants.some((grant) => grant.role === role));
}
