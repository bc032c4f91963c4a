import { and, eq, isNull, sql } from "drizzle-orm";
import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { clearAccount } from "#lib/access/sessions/throttle.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/**
 * Lifts the blocks after failed sign-ins: those of a local account, and those of all addresses.
 * @throws AppError `forbidden`, `not_found`
 */
export async function unlockAccount(ctx: Context, username: string): Promise<{ username: string; disabled: boolean }> {
  requirePermission(ctx, "users.write");
  const user = await inTransaction(async (tx) => {
    const [found] = await tx
      .select({ id: users.id, username: users.username, disabled: users.disabled })
      .from(users)
      .where(and(eq(sql`lower(${users.username})`, sql`lower(${username})`), isNull(users.issuer)));
    if (!found) throw new AppError("not_found", `There is no local account named ${username}.`);
    const target = { kind: "user", id: found.id, name: found.username };
    await recordAudit(tx, ctx, { action: "user.unlock", target });
    return found;
  });
  await clearAccount(user.id, { addresses: true });
  return user;
}
