import { eq, sql } from "drizzle-orm";
import { users } from "#drizzle/schema/users.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Actor } from "#lib/platform/audit/actor.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { AppError, notFound } from "#lib/platform/errors/app-error.ts";
import type { UserDetail } from "./definition.ts";
import { findUser, toUserAudit, toUserDetail } from "./user-store.ts";

/** The person who acts. @throws AppError `forbidden` for API keys and the portal itself, which have no account. */
export function requirePerson(ctx: Context): Extract<Actor, { kind: "user" }> {
  if (ctx.actor.kind === "user") return ctx.actor;
  throw new AppError("forbidden", "Only a signed-in person has an account of their own.");
}

/** Who is signed in, as the account page shows it. */
export async function getOwnAccount(ctx: Context): Promise<UserDetail> {
  const { id } = requirePerson(ctx);
  const row = await findUser(getDb(), id);
  if (!row) throw notFound("user", id);
  return toUserDetail(getDb(), row);
}

/** Changes one's own display name. */
export async function renameSelf(ctx: Context, input: { displayName: string }): Promise<UserDetail> {
  const { id } = requirePerson(ctx);
  return inTransaction(async (tx) => {
    const before = await findUser(tx, id, true);
    if (!before) throw notFound("user", id);
    const values = { displayName: input.displayName, version: sql`${users.version} + 1`, updatedAt: new Date() };
    await tx.update(users).set(values).where(eq(users.id, id));
    const after = (await findUser(tx, id)) ?? before;
    await recordAudit(tx, ctx, {
      action: "user.update",
      target: { kind: "user", id, name: after.username },
      before: toUserAudit(before),
      after: toUserAudit(after),
    });
    return toUserDetail(tx, after);
  });
}
