import { and, eq, isNotNull, isNull, ne, not, or, type SQL, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import type { z } from "zod";
import { nodes } from "#drizzle/schema/nodes.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { idleMs, isLive } from "#lib/access/sessions/sessions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { readRow } from "#lib/platform/definitions/rows.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { type SessionSummary, sessionSummary } from "./model.ts";
import { requirePerson } from "./own-account.ts";
import { type SessionQuery, sessionQuery } from "./schema.ts";

const columns = {
  id: sessions.id,
  userId: sessions.userId,
  username: users.username,
  displayName: users.displayName,
  method: sessions.method,
  credentialId: sessions.credentialId,
  nodeId: sessions.nodeId,
  nodeName: nodes.name,
  mfaMethod: sessions.mfaMethod,
  createdAt: sessions.createdAt,
  lastSeenAt: sessions.lastSeenAt,
  expiresAt: sessions.expiresAt,
  address: sessions.address,
  userAgent: sessions.userAgent,
  revokedAt: sessions.revokedAt,
  revokedReason: sessions.revokedReason,
};

/**
 * Lists everybody's sessions, newest first; active ones unless asked otherwise.
 * @throws AppError `forbidden`, `invalid_input` for a cursor of another list.
 */
export async function listSessions(
  ctx: Context,
  query: SessionQuery = {},
  now = new Date(),
): Promise<Page<SessionSummary>> {
  requirePermission(ctx, "sessions.read");
  return list(sessionQuery.parse(query), now);
}

/**
 * One session: anybody's with `sessions.read`, or one's own.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getSession(ctx: Context, id: string, now = new Date()): Promise<SessionSummary> {
  const [row] = isUuid(id) ? await select().where(eq(sessions.id, id)) : [];
  const isOwn = ctx.actor.kind === "user" && row?.userId === ctx.actor.id;
  if (!isOwn) requirePermission(ctx, "sessions.read");
  if (!row) throw notFound("session", id);
  return toSummary(row, now);
}

/** One's own active sessions, newest first, at most 200. */
export async function listOwnSessions(ctx: Context, now = new Date()): Promise<SessionSummary[]> {
  const { id } = requirePerson(ctx);
  return (await list(sessionQuery.parse({ userId: id, limit: 200 }), now)).items;
}

async function list(wanted: z.output<typeof sessionQuery>, now: Date): Promise<Page<SessionSummary>> {
  const { where, orderBy } = keyset(sessions.createdAt, sessions.id, "desc", wanted.cursor);
  const rows = await select()
    .where(and(where, ...filters(wanted, now)))
    .orderBy(...orderBy)
    .limit(wanted.limit + 1);
  const page = toPage(rows, wanted.limit, (row) => ({ value: row.createdAt.toISOString(), id: row.id }));
  return { ...page, items: page.items.map((row) => toSummary(row, now)) };
}

function select() {
  return getDb()
    .select(columns)
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(nodes, eq(nodes.id, sessions.nodeId));
}

function filters(
  { q, userId, credentialId, method, mfa, status }: z.output<typeof sessionQuery>,
  now: Date,
): (SQL | undefined)[] {
  const live = isLive(now) ?? sql`true`;
  return [
    status === "active" ? live : not(live),
    userId && eq(sessions.userId, userId),
    credentialId && eq(sessions.credentialId, credentialId),
    method === "local" ? eq(sessions.method, "local") : method === "profile" ? ne(sessions.method, "local") : undefined,
    mfa && (mfa === "yes" ? isNotNull(sessions.mfaMethod) : isNull(sessions.mfaMethod)),
    q
      ? or(
          ...[users.username, users.displayName, sessions.address, sessions.method].map((column) =>
            containsText(column, q),
          ),
        )
      : undefined,
  ].map((filter) => filter || undefined);
}

type Row = Awaited<ReturnType<typeof select>>[number];

function toSummary(row: Row, now: Date): SessionSummary {
  const endsAt = new Date(Math.min(row.expiresAt.getTime(), row.lastSeenAt.getTime() + idleMs));
  const status = row.revokedAt ? "revoked" : endsAt <= now ? "expired" : "active";
  return readRow(sessionSummary, { ...row, expiresAt: endsAt, status });
}
