import { createHash, randomBytes } from "node:crypto";
import { and, eq, gt, isNull, lt, ne, type SQL, sql } from "drizzle-orm";
import { validate as isUuid, v7 } from "uuid";
import { nodes } from "#drizzle/schema/nodes.ts";
import { roleDemands } from "#drizzle/schema/role-demands.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Grant, Role } from "#lib/access/permissions/permissions.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { findMissingFactor } from "./mfa-policy.ts";

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
  /** Roles that demand a second factor which this session has not seen: until it has, it is allowed nothing. */
  missingFactor: Role[];
  session: SessionFacts;
};

/** How a person is signed in, for the header and for what asks for a second factor. */
export type SessionFacts = {
  /** `local` or the credential profile's name. */
  method: string;
  /** The credential profile, null for local accounts. */
  credentialId: string | null;
  /** The node that the person chose to sign in at. */
  nodeId: string | null;
  nodeName: string | null;
  mfa: boolean;
  mfaMethod: string | null;
  /** Absolute end, ISO. */
  expiresAt: string;
};

/** What a session of an external identity carries: where it came from and what its claims were mapped to. */
export type ExternalSession = {
  credentialId: string;
  nodeId: string | null;
  grants: Grant[];
  nextRenewAt: Date | null;
  /** Seals the provider's tokens for the id of the session, null when there are none to keep. */
  sealTokens: (sessionId: string) => string | null;
};

type NewSession = {
  userId: string;
  method: string;
  client: Client;
  now: Date;
  external?: ExternalSession;
  /** Which second factor was verified, null when none was. */
  mfaMethod?: string | null;
};

/**
 * Creates a session.
 * @returns its ID and its token, the only thing that authenticates it: the database has a hash of its secret.
 */
export async function createSession(tx: Transaction, input: NewSession): Promise<{ id: string; token: string }> {
  const id = v7();
  const secret = randomBytes(32).toString("base64url");
  const { external, mfaMethod = null } = input;
  await tx.insert(sessions).values({
    id,
    secretHash: hashSecret(secret),
    mfa: mfaMethod !== null,
    mfaMethod,
    ...(external && {
      credentialId: external.credentialId,
      nodeId: external.nodeId,
      grants: external.grants,
      nextRenewAt: external.nextRenewAt,
      tokensEnvelope: external.sealTokens(id),
    }),
    userId: input.userId,
    method: input.method,
    address: input.client.address,
    userAgent: input.client.userAgent.slice(0, 400),
    createdAt: input.now,
    lastSeenAt: input.now,
    expiresAt: new Date(input.now.getTime() + absoluteMs),
  });
  return { id, token: `${id}.${secret}` };
}

function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/**
 * Looks up the session of a token, as `findSignedIn` does.
 * @param token `<id>.<secret>`, or the ID alone of a session that a version without secrets made.
 */
export async function authenticateSession(
  token: string,
  address: string | null,
  now = new Date(),
): Promise<SignedIn | null> {
  const [id = "", secret = id, ...more] = token.split(".");
  if (!isUuid(id) || more.length > 0) return null;
  const hasSecret = secret === id ? isNull(sessions.secretHash) : eq(sessions.secretHash, hashSecret(secret));
  return findSignedIn(id, address, now, hasSecret);
}

/** What makes a session usable at a time: not revoked, not past its absolute end, used within the idle time. */
export function isLive(now: Date) {
  const idleSince = new Date(now.getTime() - idleMs);
  return and(isNull(sessions.revokedAt), gt(sessions.expiresAt, now), gt(sessions.lastSeenAt, idleSince));
}

/**
 * Looks a session up by its ID, with its user and roles, in one query: revoking it, disabling the user or changing roles takes
 * effect with the next request. The roles are the user's own, or for an external identity what this session was granted.
 * Null when it can't be used. A session without the second factor that one of its roles demands has no grants at all.
 * @param address of this request, for the context.
 * @param condition on the session, beyond that it's usable.
 */
export async function findSignedIn(
  sessionId: string,
  address: string | null,
  now = new Date(),
  condition?: SQL,
): Promise<SignedIn | null> {
  const held = sql<Grant[]>`coalesce(${sessions.grants}, case when ${users.issuer} is null then (
    select jsonb_agg(jsonb_build_object('role', ${userRoles.role}, 'nodeId', ${userRoles.nodeId}))
    from ${userRoles} where ${userRoles.userId} = ${users.id}) end, '[]')`;
  const [row] = await getDb()
    .select({
      lastSeenAt: sessions.lastSeenAt,
      method: sessions.method,
      credentialId: sessions.credentialId,
      nodeId: sessions.nodeId,
      nodeName: nodes.name,
      mfa: sessions.mfa,
      demanded: sql<Role[]>`array(select ${roleDemands.role} from ${roleDemands})`,
      mfaMethod: sessions.mfaMethod,
      expiresAt: sessions.expiresAt,
      id: users.id,
      username: users.username,
      displayName: users.displayName,
      mustChangePassword: users.mustChangePassword,
      grants: held,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(nodes, eq(nodes.id, sessions.nodeId))
    .where(and(eq(sessions.id, sessionId), isLive(now), eq(users.disabled, false), condition));
  if (!row) return null;
  await touchSession(sessionId, row.lastSeenAt, now);
  const { id, username, displayName, mustChangePassword, method, credentialId, nodeId, nodeName, mfa, mfaMethod } = row;
  const missingFactor = findMissingFactor(row.grants, row);
  const grants = missingFactor.length > 0 ? [] : row.grants;
  return {
    ctx: { actor: { kind: "user", id, name: username, sessionId }, grants, address },
    user: { id, username, displayName, mustChangePassword },
    sessionId,
    missingFactor,
    session: { method, credentialId, nodeId, nodeName, mfa, mfaMethod, expiresAt: row.expiresAt.toISOString() },
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

/** What an ended session loses: the provider's tokens. */
const ended = { tokensEnvelope: null, nextRenewAt: null, renewLeaseUntil: null, renewLeaseHolder: null };

/** Ends one session; returns whether it was still usable. */
export async function endSession(
  db: Database | Transaction,
  id: string,
  reason: string,
  now = new Date(),
): Promise<boolean> {
  const rows = await db
    .update(sessions)
    .set({ ...ended, revokedAt: now, revokedReason: reason })
    .where(and(eq(sessions.id, id), isLive(now)))
    .returning({ id: sessions.id });
  return rows.length > 0;
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
  const rows = await tx
    .update(sessions)
    .set({ ...ended, revokedAt: now, revokedReason: reason })
    .where(and(eq(sessions.userId, userId), isLive(now), others))
    .returning({ id: sessions.id });
  return rows.length;
}

/** Ends all sessions that were made with a credential profile; returns how many were still usable. */
export async function endSessionsOfCredential(tx: Transaction, credentialId: string, reason: string): Promise<number> {
  const now = new Date();
  const rows = await tx
    .update(sessions)
    .set({ ...ended, revokedAt: now, revokedReason: reason })
    .where(and(eq(sessions.credentialId, credentialId), isLive(now)))
    .returning({ id: sessions.id });
  return rows.length;
}

/** Removes sessions that ended more than 30 days ago, for the worker. */
export async function deleteOldSessions(now = new Date()): Promise<void> {
  await getDb()
    .delete(sessions)
    .where(lt(sessions.expiresAt, new Date(now.getTime() - 30 * 24 * 60 * minute)));
}
