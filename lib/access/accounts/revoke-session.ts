import { eq } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { endSession, endSessionsOf } from "#lib/access/sessions/sessions.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { requirePerson } from "./own-account.ts";
import { findUser } from "./user-store.ts";

/**
 * Ends one session with the next request that uses it: one's own, or anybody's with `sessions.revoke`.
 * @throws AppError `forbidden`, `not_found`
 */
export async function revokeSession(ctx: Context, id: string): Promise<void> {
  await inTransaction(async (tx) => {
    const [session] = isUuid(id)
      ? await tx
          .select({ userId: sessions.userId, username: users.username })
          .from(sessions)
          .innerJoin(users, eq(users.id, sessions.userId))
          .where(eq(sessions.id, id))
      : [];
    const isOwn = ctx.actor.kind === "user" && session?.userId === ctx.actor.id;
    if (!isOwn) requirePermission(ctx, "sessions.revoke");
    if (!session) throw notFound("session", id);
    const reason = isOwn ? "signed out" : `revoked by ${ctx.actor.name}`;
    if (!(await endSession(tx, id, reason))) return;
    const target = { kind: "session", id, name: session.username };
    await recordAudit(tx, ctx, { action: "session.revoke", target, after: { reason } });
  });
}

/**
 * Ends all sessions of a user; returns how many.
 * @throws AppError `forbidden`, `not_found`
 */
export async function revokeSessionsOf(ctx: Context, userId: string): Promise<number> {
  requirePermission(ctx, "sessions.revoke");
  return inTransaction(async (tx) => {
    const user = await findUser(tx, userId);
    if (!user) throw notFound("user", userId);
    const ended = await endSessionsOf(tx, userId, `revoked by ${ctx.actor.name}`);
    const target = { kind: "user", id: userId, name: user.username };
    await recordAudit(tx, ctx, { action: "session.revoke_all", target, after: { sessionsEnded: ended } });
    return ended;
  });
}

/** Ends all of one's own sessions, or all but the one in use; returns how many. */
export async function signOutEverywhere(ctx: Context, options: { keepThis: boolean }): Promise<number> {
  const { id, name, sessionId } = requirePerson(ctx);
  return inTransaction(async (tx) => {
    const except = options.keepThis ? { except: sessionId } : {};
    const ended = await endSessionsOf(tx, id, "signed out everywhere", except);
    const target = { kind: "user", id, name };
    await recordAudit(tx, ctx, { action: "session.revoke_all", target, after: { sessionsEnded: ended } });
    return ended;
  });
}
