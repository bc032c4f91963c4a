import { and, eq, not, or, type SQL, sql } from "drizzle-orm";
import type { z } from "zod";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import { getDb } from "../db/client.ts";
import { containsText } from "../db/contains.ts";
import { keyset, type Page, toPage } from "../db/keyset.ts";
import { type Context, requirePermission } from "./context.ts";
import type { SessionSummary } from "./model.ts";
import { requirePerson } from "./own-account.ts";
import { type SessionQuery, sessionQuery } from "./schema.ts";
import { idleMs, isLive } from "./sessions.ts";

const columns = {
  id: sessions.id,
  userId: sessions.userId,
  username: users.username,
  displayName: users.displayName,
  method: sessions.method,
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

/** One's own active sessions, newest first, at most 200. */
export async function listOwnSessions(ctx: Context, now = new Date()): Promise<SessionSummary[]> {
  const { id } = requirePerson(ctx);
  return (await list(sessionQuery.parse({ userId: id, limit: 200 }), now)).items;
}

async function list(wanted: z.output<typeof sessionQuery>, now: Date): Promise<Page<SessionSummary>> {
  const { where, orderBy } = keyset(sessions.createdAt, sessions.id, "desc", wanted.cursor);
  const rows = await getDb()
    .select(columns)
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(where, ...filters(wanted, now)))
    .orderBy(...orderBy)
    .limit(wanted.limit + 1);
  const page = toPage(rows, wanted.limit, (row) => ({ value: row.createdAt.toISOString(), id: row.id }));
  return { ...page, items: page.items.map((row) => toSummary(row, now)) };
}

function filters({ q, userId, status }: z.output<typeof sessionQuery>, now: Date): (SQL | undefined)[] {
  const live = isLive(now) ?? sql`true`;
  return [
    status === "active" ? live : not(live),
    userId && eq(sessions.userId, userId),
    q
      ? or(...[users.username, users.displayName, sessions.address].map((column) => containsText(column, q)))
      : undefined,
  ].map((filter) => filter || undefined);
}

type Row = Pick<typeof sessions.$inferSelect, Exclude<keyof typeof columns, "username" | "displayName">> &
  Pick<typeof users.$inferSelect, "username" | "displayName">;

function toSummary(row: Row, now: Date): SessionSummary {
  const endsAt = new Date(Math.min(row.expiresAt.getTime(), row.lastSeenAt.getTime() + idleMs));
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: endsAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    status: row.revokedAt ? "revoked" : endsAt <= now ? "expired" : "active",
  };
}
