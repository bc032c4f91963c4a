import { and, eq, gt, isNull, lt, ne, sql } from "drizzle-orm";
import { sessions } from "#drizzle/schema/sessions.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Database, getDb, type Transaction } from "../db/client.ts";
import type { Context } from "./context.ts";
import type { Grant } from "./permissions.ts";

const minute = 60_000;
/** A session that is not used for 2 h ends; however it is used, it ends after 12 h. */
export const idleMs = 120 * minute;
export const absoluteMs = 720 * minute;
/** `last_seen_at` is written at most this often. */
const seenEveryMs = minute;

/** Where a session is used from. */
export type Client = { address: string; userAgent: string };

/** Who is signed in, as the database has it at this moment. */
export type SignedIn = {
  ctx: Context;
  user: { id: string; username: string; displayName: string; mustChangePassword: boolean };
  sessionId: string;
};

/** Makes the row of a new session; returns its id. */
export async function createSession(
  tx: Transaction,
  input: { userId: string; method: string; client: Client; now: Date },
): Promise<string> {
  const [row] = await tx
    .insert(sessions)
    .values({
      userId: input.userId,
      method: input.method,
      address: input.client.address,
      userAgent: input.client.userAgent.slice(0, 400),
      createdAt: input.now,
      lastSeenAt: input.now,
      expiresAt: new Date(input.now.getTime() + absoluteMs),
    })
    .returning({ id: sessions.id });
  return row!.id;
}

/** What makes a session usable at a time: not revoked, not past its absolute end, used within the idle time. */
export function isLive(now: Date) {
  const idleSince = new Date(now.getTime() - idleMs);
  return and(isNull(sessions.revokedAt), gt(sessions.expiresAt, now), gt(sessions.lastSeenAt, idleSince));
}

/**
 * Looks a session up, with its user and roles, in one query: revoking it, disabling the user or changing roles takes
 * effect with the next request. Null when it can't be used.
 * @param address of this request, for the context.
 */
export async function authenticateSession(
  sessionId: string,
  address: string | null,
  now = new Date(),
): Promise<SignedIn | null> {
  const grants = sql<Grant[]>`coalesce((
    select json_agg(json_build_object('role', ${userRoles.role}, 'nodeId', ${userRoles.nodeId}))
    from ${userRoles} where ${userRoles.userId} = ${users.id}), '[]')`;
  const [row] = await getDb()
    .select({
      lastSeenAt: sessions.lastSeenAt,
      id: users.id,
      username: users.username,
      displayName: users.displayName,
      mustChangePassword: users.mustChangePassword,
      grants,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sessionId), isLive(now), eq(users.disabled, false)));
  if (!row) return null;
  await touchSession(sessionId, row.lastSeenAt, now);
  const { id, username, displayName, mustChangePassword } = row;
  return {
    ctx: { actor: { kind: "user", id, name: username, sessionId }, grants: row.grants, address },
    user: { id, username, displayName, mustChangePassword },
    sessionId,
  };
}

async function touchSession(id: string, lastSeenAt: Date, now: Date): Promise<void> {
  const due = new Date(now.getTime() - seenEveryMs);
  if (lastSeenAt > due) return;
  await getDb()
    .update(sessions)
    .set({ lastSeenAt: now })
    .where(and(eq(sessions.id, id), lt(sessions.lastSeenAt, due)));
}

/** Ends one session; returns whether it was still usable. */
export async function endSession(
  db: Database | Transaction,
  id: string,
  reason: string,
  now = new Date(),
): Promise<boolean> {
  const ended = await db
    .update(sessions)
    .set({ revokedAt: now, revokedReason: reason })
    .where(and(eq(sessions.id, id), isLive(now)))
    .returning({ id: sessions.id });
  return ended.length > 0;
}

/** Ends all sessions of a user, except one if named; returns how many were still usable. */
export async function endSessionsOf(
  tx: Transaction,
  userId: string,
  reason: string,
  options: { except?: string; now?: Date } = {},
): Promise<number> {
  const now = options.now ?? new Date();
  const others = options.except ? ne(sessions.id, options.except) : undefined;
  const ended = await tx
    .update(sessions)
    .set({ revokedAt: now, revokedReason: reason })
    .where(and(eq(sessions.userId, userId), isLive(now), others))
    .returning({ id: sessions.id });
  return ended.length;
}

/** Removes sessions that ended more than 30 days ago, for the worker. */
export async function deleteOldSessions(now = new Date()): Promise<void> {
  await getDb()
    .delete(sessions)
    .where(lt(sessions.expiresAt, new Date(now.getTime() - 30 * 24 * 60 * minute)));
}
